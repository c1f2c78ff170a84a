"""What a person types as an amount: read exactly, or refused with a reason."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ledger.amount import read, read_promise
from ledger.errors import AmountError, LedgerError, UnknownRecord
from ledger.locale import notation
from ledger.money import MOST_UNITS, Money, currency, item
from ledger.notation import ENGLISH, Notation, fold

ITEMS = {code: item(code) for code in ("air-defence-missile", "155mm-shell", "million", "tank")}
TAGS = ("en", "de", "fr", "pl", "uk")
CURLY = "\N{RIGHT SINGLE QUOTATION MARK}"
NO_BREAK, NARROW = "\N{NO-BREAK SPACE}", "\N{NARROW NO-BREAK SPACE}"


def shown(text: str, tag: str = "en") -> str:
    return str(read(text, notation(tag), ITEMS))


def refusal(text: str, tag: str = "en") -> str:
    with pytest.raises(AmountError) as caught:
        read(text, notation(tag), ITEMS)
    assert "\n" not in caught.value.message
    assert caught.value.message.isprintable()
    return caught.value.message


@pytest.mark.parametrize(
    ("text", "tag", "result"),
    [
        ("1.6bn GBP", "en", "1600000000.00 GBP"),
        ("£1.6bn", "en", "1600000000.00 GBP"),
        ("£ 1.6 billion", "en", "1600000000.00 GBP"),
        ("GBP 1600000000", "en", "1600000000.00 GBP"),
        ("gbp1.6BN", "en", "1600000000.00 GBP"),
        ("1,600,000,000 GBP", "en", "1600000000.00 GBP"),
        ("1,600 GBP", "en", "1600.00 GBP"),
        ("1,600.50 GBP", "en", "1600.50 GBP"),
        ("1.6050bn GBP", "en", "1605000000.00 GBP"),
        ("250 million USD", "en", "250000000.00 USD"),
        ("250 mln EUR", "en", "250000000.00 EUR"),
        ("2.5tn JPY", "en", "2500000000000 JPY"),
        ("12k EUR", "en", "12000.00 EUR"),
        ("US$5m", "en", "5000000.00 USD"),
        ("C$5m", "en", "5000000.00 CAD"),
        ("5m€", "en", "5000000.00 EUR"),
        ("5 mUS$", "en", "5000000.00 USD"),
        ("5m zł", "en", "5000000.00 PLN"),
        ("5 pounds sterling", "en", "5.00 GBP"),
        ("5 million euros", "en", "5000000.00 EUR"),
        ("5 U.S. dollars", "en", "5.00 USD"),
        ("0.600 GBP", "en", "0.60 GBP"),
        ("0.01 GBP", "en", "0.01 GBP"),
        ("1600000000.000 GBP", "en", "1600000000.00 GBP"),
        ("12.3450 KWD", "en", "12.345 KWD"),
        ("92233720368547758.07 GBP", "en", "92233720368547758.07 GBP"),
        ("  5   GBP ", "en", "5.00 GBP"),
        ("5000 air-defence-missile", "en", "5000 air-defence-missile"),
        ("5,000 Air-Defence-Missile", "en", "5000 air-defence-missile"),
        ("air-defence-missile 5", "en", "5 air-defence-missile"),
        ("1.5 thousand 155mm-shell", "en", "1500 155mm-shell"),
        ("5 155mm-shell", "en", "5 155mm-shell"),
        ("5 155mm-shell", "fr", "5 155mm-shell"),
        ("1,6 Mrd. EUR", "de", "1600000000.00 EUR"),
        ("1,6 Mrd €", "de", "1600000000.00 EUR"),
        ("1,6 Milliarden Euro", "de", "1600000000.00 EUR"),
        ("250 Mio. US-Dollar", "de", "250000000.00 USD"),
        ("5 Tsd. EUR", "de", "5000.00 EUR"),
        ("2 Bio. EUR", "de", "2000000000000.00 EUR"),
        ("1.600.000 EUR", "de", "1600000.00 EUR"),
        ("1.600,50 EUR", "de", "1600.50 EUR"),
        ("0,600 EUR", "de", "0.60 EUR"),
        ("1,6 Md €", "fr", "1600000000.00 EUR"),
        ("1,6 Md€", "fr", "1600000000.00 EUR"),
        ("1,6 M€", "fr", "1600000.00 EUR"),
        (f"1,6 milliard d{CURLY}euros", "fr", "1600000000.00 EUR"),
        ("2 millions de livres sterling", "fr", "2000000.00 GBP"),
        ("5 $US", "fr", "5.00 USD"),
        (f"1{NARROW}600{NARROW}000,50{NO_BREAK}€", "fr", "1600000.50 EUR"),
        ("1 600 EUR", "fr", "1600.00 EUR"),
        ("1,6 mld zł", "pl", "1600000000.00 PLN"),
        ("250 mln EUR", "pl", "250000000.00 EUR"),
        ("5 tys. złotych", "pl", "5000.00 PLN"),
        (f"1{NO_BREAK}600,50 PLN", "pl", "1600.50 PLN"),
        ("1,6 млрд євро", "uk", "1600000000.00 EUR"),
        ("5 млн грн", "uk", "5000000.00 UAH"),
        ("5 мільйонів доларів США", "uk", "5000000.00 USD"),
        ("250 mln EUR", "uk", "250000000.00 EUR"),
        (f"1{CURLY}600.50 CHF", "de_CH", "1600.50 CHF"),
        ("1'600 CHF", "de_CH", "1600.00 CHF"),
        ("1,60,000 INR", "en_IN", "160000.00 INR"),
        ("1,600,000 INR", "en_IN", "1600000.00 INR"),
        ("5 crore INR", "en_IN", "50000000.00 INR"),
        ("5000 millones de euros", "es", "5000000000.00 EUR"),
        ("5 億 円", "ja", "500000000 JPY"),
        ("\N{ARABIC-INDIC DIGIT FIVE}\N{ARABIC-INDIC DIGIT ZERO} EGP", "ar_EG", "50.00 EGP"),
        ("\N{FULLWIDTH DIGIT FIVE}\N{FULLWIDTH DIGIT ZERO} JPY", "en", "50 JPY"),
    ],
)
def test_an_amount_is_read_as_its_language_writes_it(text, tag, result):
    assert shown(text, tag) == result


@pytest.mark.parametrize(
    ("text", "tag", "first", "second"),
    [
        ("1.600 GBP", "en", "1600", "1.6"),
        ("1.605bn GBP", "en", "1605", "1.6050"),
        ("1.000 GBP", "en", "1000", "1"),
        ("12.340 GBP", "en", "12340", "12.34"),
        ("1.600 JPY", "en", "1600", "1.6"),
        ("1.600 air-defence-missile", "en", "1600", "1.6"),
        ("1.600 EUR", "de", "1600", "1,6"),
        ("1,600 EUR", "de", "1600", "1,6"),
        ("1,600 air-defence-missile", "de", "1600", "1,6"),
        ("1.600 KWD", "de", "1600", "1,6"),
        ("1,600 KWD", "en", "1600", "1.6"),
        ("1,600 JPY", "de", "1600", "1,6"),
        ("999.999 EUR", "de", "999999", "999,9990"),
        ("1,600 EUR", "fr", "1600", "1,6"),
        ("1.600 EUR", "fr", "1600", "1,6"),
        ("1,600 CHF", "de_CH", "1600", "1.6"),
    ],
)
def test_one_mark_before_three_digits_is_refused_with_both_readings(text, tag, first, second):
    figure = text.split()[0].removesuffix("bn")
    assert refusal(text, tag) == f"'{figure}' can be read as {first} or as {second}: write one of these"
    assert read(f"{first} KWD", notation(tag)).value == int(first)
    assert read(f"{second} KWD", notation(tag)).value * 1000 == int(first)


@pytest.mark.parametrize(
    ("text", "tag", "readings"),
    [
        ("5 bn EUR", "de", "'5 bn' can mean 10^9 ('5 mrd') or 10^12 ('5 bio')"),
        ("£1,6b", "de", "'1,6 b' can mean 10^9 ('1,6 mrd') or 10^12 ('1,6 bio')"),
        ("1,6 Billion EUR", "de", "'1,6 Billion' can mean 10^9 ('1,6 mrd') or 10^12 ('1,6 bio')"),
        ("5 trillion EUR", "de", "'5 trillion' can mean 10^12 ('5 bio') or 10^18"),
        ("5 billion EUR", "fr", "'5 billion' can mean 10^9 ('5 md') or 10^12"),
        ("5 bln PLN", "pl", "'5 bln' can mean 10^9 ('5 mld') or 10^12"),
        ("2 Billionen EUR", "de", "'2 Billionen' can mean 10^9 ('2 mrd') or 10^12 ('2 bio')"),
        ("2 billions d'euros", "fr", "'2 billions' can mean 10^9 ('2 md') or 10^12"),
        ("2 trillions d'euros", "fr", "'2 trillions' can mean 10^12 or 10^18"),
        ("2 biliony EUR", "pl", "'2 biliony' can mean 10^9 ('2 mld') or 10^12"),
        ("5 bn UAH", "uk", "'5 bn' can mean 10^9 ('5 млрд') or 10^12 ('5 трлн')"),
        ("5 більйонів UAH", "uk", "'5 більйонів' can mean 10^9 ('5 млрд') or 10^12 ('5 трлн')"),
        ("5 tn SEK", "sv", "'5 tn' can mean 10^3 ('5 tusen') or 10^12"),
    ],
)
def test_a_word_of_two_scales_is_refused_with_both_readings(text, tag, readings):
    assert refusal(text, tag) == f"{readings}: write that, or the figure in full"


@pytest.mark.parametrize(
    ("text", "tag", "message"),
    [
        ("$5m", "en", "'$' can be USD, CAD, AUD, NZD, HKD, SGD ...: write the code, '5 m USD' or '5 m CAD'"),
        ("$5m", "en_GB", "'$' can be USD, CAD, AUD, NZD, HKD, SGD ...: write the code, '5 m USD' or '5 m CAD'"),
        ("¥5", "en", "'¥' can be JPY, CNY: write the code, '5 JPY' or '5 CNY'"),
        ("5 kr.", "en", "'kr.' can be DKK, ISK, NOK, SEK: write the code, '5 DKK' or '5 ISK'"),
        ("5 dollars", "en", "'dollars' can be USD, CAD, AUD, NZD, HKD, SGD: write the code, '5 USD' or '5 CAD'"),
        ("5 pounds", "en", "'pounds' can be GBP, EGP, LBP: write the code, '5 GBP' or '5 EGP'"),
        ("5 Mio. $", "de", "'$' can be USD, CAD, AUD, NZD, HKD, SGD ...: write the code, '5 Mio. USD' or '5 Mio. CAD'"),
    ],
)
def test_a_sign_of_several_currencies_is_refused_with_the_readings(text, tag, message):
    assert refusal(text, tag) == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "an amount is empty: write it like 1.6bn GBP"),
        (" \N{NO-BREAK SPACE} ", "an amount is empty: write it like 1.6bn GBP"),
        ("5", "'5' does not say of what: add a currency or an item, like '5 GBP'"),
        ("5 million", "'5 million' does not say of what: add a currency or an item, like '5 million GBP'"),
        ("£5 GBP", "'£5 GBP' names '£' and 'GBP': an amount is of one currency or one item"),
        ("£5 EUR", "'£5 EUR' names '£' and 'EUR': an amount is of one currency or one item"),
        ("£5 tank", "'£5 tank' names '£' and 'tank': an amount is of one currency or one item"),
        ("about 5 GBP", "'about 5 GBP' says how firm it is, which only a promised amount can be: write '5 GBP'"),
        ("5 GBP EUR", "'GBP EUR' is not understood: an amount is a number, perhaps a word such as bn, and the ISO"),
        ("tank 5 155mm-shell", "'tank 5 155mm-shell' names 'tank' and '155mm-shell': an amount is of one currency or"),
        ("-5 GBP", "'-5 GBP' is negative: an amount is more than nothing, the step says which way it goes"),
        ("GBP -5", "'GBP -5' is negative"),
        ("-£5", "'-£5' is negative"),
        ("\N{MINUS SIGN}5 GBP", "'\N{MINUS SIGN}5 GBP' is negative"),
        ("tank -5", "'-5' is negative"),
        ("0 GBP", "'0 GBP' is zero: an amount is more than nothing"),
        ("0.000 GBP", "'0.000 GBP' is zero: an amount is more than nothing"),
        ("£0bn", "'£0bn' is zero: an amount is more than nothing"),
        ("0.001 GBP", "0.001 GBP is too precise: GBP has 2 decimals"),
        ("0.0000001k JPY", "0.0001 JPY is too precise: JPY has no decimals"),
        ("2.5 tank", "2.5 tank is too precise: tank has no decimals"),
        ("1e30 GBP", "'1e30 GBP' has an exponent: write the figure in full, or with a word such as bn"),
        ("1 E+3 GBP", "'1 E+3 GBP' has an exponent"),
        ("GBP 1e999999999", "'GBP 1e999999999' has an exponent"),
        ("92233720368547758.08 GBP", "92233720368547758.08 GBP is more than the ledger can hold: the most is"),
        (
            "9" * 30 + " GBP",
            "9" * 30 + ".00 GBP is more than the ledger can hold: the most is 92233720368547758.07 GBP",
        ),
        (
            "1_000 GBP",
            "'_000 GBP' is not understood: an amount is a number, perhaps a word such as bn, and the ISO code",
        ),
        ("nan GBP", "'nan GBP' holds no number: write it in digits, like 1.6bn GBP"),
        ("inf GBP", "'inf GBP' holds no number: write it in digits, like 1.6bn GBP"),
        ("one million GBP", "'one million GBP' holds no number"),
        ("0x10 GBP", "'x10 GBP' is not understood"),
        ("0xdeadbeef", "'xdeadbeef' is not understood"),
        ("1/2 GBP", "'/2 GBP' is not understood"),
        ("5% GBP", "'% GBP' is not understood"),
        ("+5 GBP", "'+' is not understood"),
        ("(5 GBP)", "'(' is not understood"),
        ("5-7 GBP", "'-7 GBP' is not understood"),
        ("5+ GBP", "'+ GBP' is not understood"),
        ("½ GBP", "'½ GBP' holds no number"),
        ("5² GBP", "'² GBP' is not understood"),
        ("5 gazillion GBP", "'gazillion GBP' is not understood"),
        ("5 GBP bn", "'GBP bn' is not understood"),
        ("1,6 Mrd. EUR", "'Mrd. EUR' is not understood"),
        ("5 foo", "'FOO' is not an ISO 4217 currency code, such as GBP or EUR"),
        ("5 XAU", "XAU has no minor unit in ISO 4217, so it cannot hold an amount of money"),
        ("5 GBP 7", "'5 GBP 7' holds two numbers, 5 and 7: write one, like 1,600,000.50"),
        ("1 600 GBP", "'1 600 GBP' holds two numbers, 1 and 600: write one, like 1,600,000.50"),
        ("1,60,000 GBP", "'1,60,000' is not a number as 'en' writes it: write it like 1,600,000.50"),
        ("1,6 GBP", "'1,6' is not a number as 'en' writes it"),
        ("1600,000 GBP", "'1600,000' is not a number as 'en' writes it"),
        ("1,600,00 GBP", "'1,600,00' is not a number as 'en' writes it"),
        ("1.600.000 GBP", "'1.600.000' is not a number as 'en' writes it"),
        ("1.600,50 GBP", "'1.600,50' is not a number as 'en' writes it"),
        ("1,600,000.5.0 GBP", "'1,600,000.5.0' is not a number as 'en' writes it"),
        ("0,600 GBP", "'0,600' is not a number as 'en' writes it"),
        ("007 GBP", "'007' is not a number as 'en' writes it"),
        (".5 GBP", "'.5' is not a number as 'en' writes it"),
        ("5. GBP", "'5.' is not a number as 'en' writes it"),
        ("1,,600 GBP", "'1,,600' is not a number as 'en' writes it"),
        ("5 GBP\n", "an amount holds the invisible character U+000A: type it anew, in one line"),
        ("5\tGBP", "an amount holds the invisible character U+0009: type it anew, in one line"),
        ("5 GBP\x00", "an amount holds the invisible character U+0000: type it anew, in one line"),
        ("\x1b[31m5 GBP", "an amount holds the invisible character U+001B: type it anew, in one line"),
        ("5\N{ZERO WIDTH SPACE}0 GBP", "an amount holds the invisible character U+200B: type it anew, in one line"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}5 GBP", "an amount holds the invisible character U+202E"),
        ("5 GBP\udcff", "an amount holds the invisible character U+DCFF: type it anew, in one line"),
        ("5\N{ARABIC-INDIC DIGIT FIVE} GBP", "an amount mixes the digits of two scripts: use one of them"),
        ("9" * 201, "an amount of 201 characters is too long: the most is 200"),
        ("million 5", "'million' is not understood"),
        ("tank5", "'tank' is not understood"),
        ("5tank", "'tank' is not understood"),
    ],
)
def test_what_is_no_exact_positive_amount_is_refused_saying_why(text, message):
    assert refusal(text).startswith(message)


@pytest.mark.parametrize("text", ["5000 air-defence-missiles", "5 thousand drone", "drone 5000", "5 155MM-mortar"])
def test_an_item_that_is_not_registered_is_refused_with_the_command_that_registers_it(text):
    name = next(word for word in reversed(text.split()) if not word.isdigit())
    with pytest.raises(UnknownRecord) as caught:
        read(text, ENGLISH, ITEMS)
    assert caught.value.message == f"'{name}' is neither a currency nor a registered item"
    assert caught.value.hint == f"an item is registered with: aidledger item add {name.lower()} NAME"


def test_an_item_named_like_a_word_for_a_number_does_not_hide_the_word():
    assert refusal("5 million").startswith("'5 million' does not say of what")
    assert shown("5 million GBP") == "5000000.00 GBP"


@pytest.mark.parametrize(
    ("text", "result", "firmness"),
    [
        ("£1.6bn", "1600000000.00 GBP", None),
        ("5000+ air-defence-missile", "5000 air-defence-missile", "at_least"),
        ("5,000+ air-defence-missile", "5000 air-defence-missile", "at_least"),
        ("£1.6bn+", "1600000000.00 GBP", "at_least"),
        ("at least 5000 tank", "5000 tank", "at_least"),
        ("At Least £5", "5.00 GBP", "at_least"),
        (">=5 GBP", "5.00 GBP", "at_least"),
        ("≥ 5 GBP", "5.00 GBP", "at_least"),
        ("up to £1.6bn", "1600000000.00 GBP", "up_to"),
        ("<= 5 GBP", "5.00 GBP", "up_to"),
        ("about GBP 5", "5.00 GBP", "about"),
        ("~5 GBP", "5.00 GBP", "about"),
    ],
)
def test_a_promise_says_how_firm_it_is(text, result, firmness):
    amount, word = read_promise(text, ENGLISH, ITEMS)
    assert (str(amount), word) == (result, firmness)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("about 5+ GBP", "'about 5+ GBP' says twice how firm it is: keep one of the two"),
        ("up to", "an amount is empty"),
        ("about5 GBP", "'about' is not understood"),
        ("5++ GBP", "'++ GBP' is not understood"),
        ("5 + GBP", "'+ GBP' is not understood"),
        ("up to about 5 GBP", "'up to about 5 GBP' says twice how firm it is: keep one of the two"),
        ("~-5 GBP", "'-5 GBP' is negative"),
    ],
)
def test_a_promise_that_is_not_clear_is_refused(text, message):
    with pytest.raises(AmountError) as caught:
        read_promise(text, ENGLISH, ITEMS)
    assert caught.value.message.startswith(message)


def test_a_word_is_looked_up_whatever_its_case_spaces_and_full_stop():
    assert fold(f"US{NO_BREAK}Dollars.") == "us dollars"
    assert fold(f"d{CURLY}Euros") == "d'euros"


@given(
    st.sampled_from(TAGS),
    st.integers(0, 10**21),
    st.text("0123456789", max_size=6),
    st.sampled_from(("", "k", "m", "bn", "tn")),
    st.sampled_from(("GBP", "JPY", "KWD", "UAH")),
    st.booleans(),
)
@example(tag="en", whole=92233720368547758, decimals="07", scale="", code="GBP", grouped=True)
@example(tag="fr", whole=92233720368547758, decimals="08", scale="", code="GBP", grouped=True)
def test_whatever_is_read_is_what_decimal_arithmetic_says(tag, whole, decimals, scale, code, grouped):
    kind = notation(tag)
    power = {"": 0, "k": 3, "m": 6, "bn": 9, "tn": 12}[scale]
    word = kind.scale(power) if power else ""
    assume(word is not None)
    figure = f"{whole:,}".replace(",", kind.groups[0]) if grouped else str(whole)
    text = figure + (kind.decimal + decimals if decimals else "")
    with localcontext() as context:
        context.prec = 60
        units = Decimal(f"{whole}.{decimals}").scaleb(power + currency(code).digits)
        exact = units == units.to_integral_value() and 0 < units <= MOST_UNITS
    try:
        amount = read(f"{text} {word} {code}", kind)
    except AmountError as refused:
        assert not exact or "can be read as" in refused.message  # noqa: PT017 - a refusal is one of the two outcomes
    else:
        assert exact
        assert amount == Money(int(units), currency(code))


@given(st.sampled_from(TAGS), st.integers(1, MOST_UNITS), st.sampled_from(("GBP", "EUR", "USD", "UAH", "PLN")))
def test_a_figure_with_two_plain_decimals_reads_back(tag, units, code):
    amount = Money(units, currency(code))
    kind = notation(tag)
    assert read(f"{amount.plain().replace('.', kind.decimal)} {code.lower()}", kind) == amount
    assert read(f"{code}{amount.plain().replace('.', kind.decimal)}", kind) == amount


LETTERS = st.text(f"0123456789.,' -+~e_x%$€£¥kmbnGBPUSDEURtank{CURLY}{NARROW}{NO_BREAK}½", max_size=24)


@given(st.sampled_from((*TAGS, "de_CH", "en_IN", "ja")), st.one_of(st.text(), LETTERS))
@example("en", "$")
@example("fr", "1 ")
def test_no_text_brings_anything_but_an_amount_or_a_refusal_in_one_printable_line(tag, text):
    try:
        amount, firmness = read_promise(text, notation(tag), ITEMS)
    except LedgerError as refused:
        assert refused.message.isprintable()  # noqa: PT017 - a refusal is one of the two outcomes
        assert len(refused.message) < 700  # noqa: PT017
    else:
        assert 0 < amount.units <= MOST_UNITS
        assert firmness in {None, "at_least", "up_to", "about"}


def test_a_notation_cannot_be_changed():
    with pytest.raises(TypeError):
        ENGLISH.scales["dozen"] = (1,)  # type: ignore[index]
    assert isinstance(notation("de"), Notation)
