"""Signing: keys, signed notes (C2SP) and signatures of files (SSHSIG), all Ed25519."""
