"""Signing: Ed25519 keys in OpenSSH's format, signed notes (C2SP) and signatures of files (SSHSIG).

``key`` makes and reads keys and is the only module that knows ``cryptography``; ``note`` signs text and opens it,
``sshsig`` signs files so that ``ssh-keygen`` can check them.
"""
