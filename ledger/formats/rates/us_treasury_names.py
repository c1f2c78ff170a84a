"""What the US Treasury's names of currencies mean in ISO 4217, where that is certain.

A name is a country and a currency, ``Ukraine-Hryvnia``. Spellings have changed over the
years (``E. Caribbean Dollar``, ``East Caribbean Dollar``), and some names went on after
the unit behind them had changed: those are certain in the quarters noted with them, and
in no other. Names that are left out (``Venezuela-Fuerte``, ``Sierra Leone-Old Leone``,
``Eritrea-Nakfa Salary Payment``) carry figures that do not fit what they say.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from ledger.errors import InputError
from ledger.formats.rates.layout import shown
from ledger.period import Period

NAMES = """
AED United Arab Emirates-Dirham
AFN Afghanistan-Afghani
ALL Albania-Lek
AMD Armenia-Dram
ANG Netherlands Antilles-Guilder
AOA Angola-Kwanza
ARS Argentina-Peso
AUD Australia-Dollar
AZN Azerbaijan-Manat | Azerbaijan-New Manat
BAM Bosnia-Marka
BBD Barbados-Dollar
BDT Bangladesh-Taka
BGN Bulgaria-Lev | Bulgaria-Lev New
BHD Bahrain-Dinar
BIF Burundi-Franc
BMD Bermuda-Dollar
BND Brunei-Dollar
BOB Bolivia-Boliviano
BRL Brazil-Real
BSD Bahamas-Dollar
BWP Botswana-Pula
BYN Belarus-New Ruble
BZD Belize-Dollar
CAD Canada-Dollar
CDF Democratic Republic Of Congo-Congolese Franc | Democratic Republic Of Congo-Franc
CDF Dem. Rep. of Congo-Congolese Franc
CHF Switzerland-Franc
CLP Chile-Peso
CNY China-Renminbi | China-Yuan
COP Colombia-Peso
CRC Costa Rica-Colon
CUP Cuba-Peso
CVE Cape Verde-Escudo
CZK Czech Republic-Koruna | Czech. Republic-Koruna
DJF Djibouti-Franc
DKK Denmark-Krone | Denmark-Kroner
DOP Dominican Republic-Peso
DZD Algeria-Dinar
EEK Estonia-Kroon
EGP Egypt-Pound
ERN Eritrea-Nakfa
ETB Ethiopia-Birr
EUR Euro Zone-Euro | Euro-Euro | Cross Border-Euro | Austria-Euro | Belgium-Euro | Croatia-Euro | Cyprus-Euro
EUR Estonia-Euro | Finland-Euro | France-Euro | Germany-Euro | Greece-Euro | Ireland-Euro | Italy-Euro | Kosovo-Euro
EUR Latvia-Euro | Lithuania-Euro | Luxembourg-Euro | Malta-Euro | Montenegro-Euro | Netherlands-Euro | Portugal-Euro
EUR Slovakia-Euro | Slovenia-Euro | Spain-Euro | Bulgaria-Euro
FJD Fiji-Dollar
GBP United Kingdom-Pound | United Kingdom-Pound Sterling
GEL Georgia-Lari
GHS 2008-Q1.. Ghana-Cedi
GMD Gambia-Dalasi
GNF Guinea-Franc
GTQ Guatemala-Quetzal | Guatemala-Quentzal
GYD Guyana-Dollar
HKD Hong Kong-Dollar
HNL Honduras-Lempira
HRK Croatia-Kuna
HTG Haiti-Gourde
HUF Hungary-Forint
IDR Indonesia-Rupiah
ILS Israel-Shekel
INR India-Rupee
IQD Iraq-Dinar
IRR Iran-Rial
ISK Iceland-Krona
JMD Jamaica-Dollar
JOD Jordan-Dinar
JPY Japan-Yen
KES Kenya-Shilling
KGS Kyrgyzstan-Som
KHR Cambodia-Riel | Cambodia (Khmer)-Riel
KMF Comoros-Franc
KRW Korea-Won
KWD Kuwait-Dinar
KYD Cayman Islands-Dollar
KZT Kazakhstan-Tenge
LAK Laos-Kip
LBP Lebanon-Pound
LKR Sri Lanka-Rupee
LRD Liberia-Dollar
LSL Lesotho-Maloti
LTL Lithuania-Lita | Lithuania-Litas
LVL Latvia-Lats
LYD Libya-Dinar
MAD Morocco-Dirham
MDL Moldova-Leu
MGA Madagascar-Ariary
MKD Republic Of North Macedonia-Denar | Rep. of N. Macedonia-Denar | Macedonia-Denar
MMK Burma-Kyat | Burma Myanmar-Kyat | Myanmar-Kyat
MNT Mongolia-Tugrik
MOP Macao-Mop
MRU 2018-Q3.. Mauritania-Ouguiya
MUR Mauritius-Rupee
MVR Maldives-Rufiyaa
MWK Malawi-Kwacha
MXN Mexico-Peso | Mexico-New Peso
MYR Malaysia-Ringgit
MZN 2007-Q1.. Mozambique-Metical
NAD Namibia-Dollar | Nambia-Dollar
NGN Nigeria-Naira
NIO Nicaragua-Cordoba
NOK Norway-Krone
NPR Nepal-Rupee
NZD New Zealand-Dollar
OMR Oman-Rial
PAB Panama-Balboa
PEN Peru-Sol | Peru-Nuevo Sol
PGK Papua New Guinea-Kina
PHP Philippines-Peso
PKR Pakistan-Rupee
PLN Poland-Zloty
PYG Paraguay-Guarani
QAR Qatar-Riyal
RON Romania-New Leu
RSD Serbia-Dinar
RUB Russia-Ruble
RWF Rwanda-Franc
SAR Saudi Arabia-Riyal
SBD Solomon Islands-Dollar
SCR Seychelles-Rupee
SDG Sudan-Pound | Sudan-Sudanese Pound
SEK Sweden-Krona
SGD Singapore-Dollar
SLE 2023-Q1.. Sierra Leone-Leone
SLL ..2022-Q1 Sierra Leone-Leone
SOS Somali-Shilling | Somalia-Shilling
SRD Suriname-Dollar
SSP South Sudan-Sudanese Pound
STN Sao Tome & Principe-New Dobras
SYP Syria-Pound
SZL Eswatini-Lilangeni | Swaziland-Lilangeni
THB Thailand-Baht
TJS Tajikistan-Somoni
TMT Turkmenistan-New Manat
TND Tunisia-Dinar
TOP Tonga-Pa'anga
TRY Turkey-New Lira
TTD Trinidad & Tobago-Dollar
TWD Taiwan-Dollar
TZS Tanzania-Shilling
UAH Ukraine-Hryvnia
UGX Uganda-Shilling
USD Ecuador-Dolares | El Salvador-Dolares | El Salvador-Dollar | Marshall Islands-U.S. Dollar | Marshall Islands-Dollar
USD Micronesia-U.S. Dollar | Micronesia-Dollar | Palau-Dollar | Panama-Dolares | Timor-Leste-Dili
UYU Uruguay-Peso
UZS Uzbekistan-Som
VES 2018-Q4..2021-Q3 Venezuela-Bolivar Soberano
VND Vietnam-Dong
VUV Vanuatu-Vatu
WST Western Samoa-Tala
XAF Cameroon-CFA Franc | Central African Republic-CFA Franc | Central African Rep.-CFA Franc | Chad-CFA Franc
XAF Congo-CFA Franc | Equatorial Guinea-CFA Franc | Gabon-CFA Franc
XCD Antigua & Barbuda-East Caribbean Dollar | Antigua & Barbuda-E. Caribbean Dollar
XCD Grenada-East Caribbean Dollar | Grenada-E.Caribbean Dollar | Grenada-E. Caribbean Dollar
XCD St. Lucia-East Caribbean Dollar | St. Lucia-E. Caribbean Dollar
XCG Curacao-Caribbean Guilder
XOF Benin-CFA Franc | Burkina Faso-CFA Franc | Cote D'Ivoire-CFA Franc | Guinea Bissau-CFA Franc | Mali-CFA Franc
XOF Niger-CFA Franc | Senegal-CFA Franc | Togo-CFA Franc
YER Yemen-Rial
ZAR South Africa-Rand
ZMW Zambia-New Kwacha
ZWG Zimbabwe-Gold
ZWL 2019-Q2..2024-Q1 Zimbabwe-RTGS
"""
"""A code, the first and last quarter in which that is certain (if not in all), and Treasury's names for it."""


def code_of(name: str, quarter: Period) -> str:
    """The ISO 4217 code of a currency that Treasury names so in a quarter.

    A bare currency (``Hryvnia``) will do where only one country's is called so.

    >>> code_of("Ukraine-Hryvnia", Period.parse("2025-Q1")), code_of("Hryvnia", Period.parse("2025-Q1"))
    ('UAH', 'UAH')

    Raises :class:`InputError` where the code is not certain.
    """
    known = _meanings().get(_folded(name), ())
    codes = {code for code, first, last in known if first <= str(quarter) <= last}
    if len(codes) == 1:
        return codes.pop()
    if known:
        raise InputError(
            "{name} does not say for certain which currency it is in {quarter}", name=shown(name), quarter=quarter
        )
    raise InputError(
        "which currency {name} is, is not known here: write its rates in a plain CSV if you know", name=shown(name)
    )


@cache
def _meanings() -> dict[str, list[tuple[str, str, str]]]:
    """By folded name, and by bare currency: codes, each with its first and last quarter."""
    found = defaultdict(list)
    for line in NAMES.split("\n"):
        code, _, rest = line.partition(" ")
        window, _, names = rest.partition(" ") if ".." in rest.partition(" ")[0] else ("..", "", rest)
        first, _, last = window.partition("..")
        for name in filter(None, map(_folded, names.split("|"))):
            meaning = (code, first, last or "9999")
            found[name].append(meaning)
            found[name.rpartition("-")[2]].append(meaning)
    return found


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
