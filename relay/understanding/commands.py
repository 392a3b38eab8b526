"""What can be written at any time, in either language, as people spell it and with what politeness adds."""

from collections.abc import Iterator
from functools import cache

from relay.understanding.adding import asked_to_add, words_of
from relay.understanding.folding import PLACE_CODE, fold

KEYWORDS: dict[str, tuple[str, ...]] = {
    "start": (
        "hi", "hello", "hey", "hii", "hiii", "hiiii", "helo", "hallo", "helloo", "hlo", "hlw", "start",
        "strat",
        "namaste", "namastey", "namste", "nmste", "namaskar", "namskar", "pranam", "ram ram", "jai hind",

        "good morning", "good evening", "नमस्ते", "नमस्कार", "नमस्ते जी", "प्रणाम", "हाय", "हेलो",
        "हैलो", "हलो", "राम राम", "जय हिंद",
        "शुरू", "शुरु", "शुरू करें", "शुरू करो", "shuru", "suru", "shuru karo", "hi sir", "hello sir",
        "namaste ji",
    ),
    "restart": (
        "restart", "re start", "restrat", "restrt", "start again", "start over", "begin again",
        "new report", "फिर से", "फिर से शुरू",
        "फिर से शुरू करें", "दोबारा", "दुबारा", "शुरू से", "नए सिरे से", "phir se", "fir se", "phirse",
        "firse", "phir se shuru",
        "fir se shuru", "dobara", "dubara", "shuru se",
    ),
    "back": (
        "back", "go back", "bak", "bck", "previous", "पीछे", "पिछे", "वापस", "वापिस", "पिछला",
        "पीछे जाएं", "piche", "peeche", "pichhe",
        "peechhe", "पीछे जाओ", "पीछे जाइए", "peeche jao", "piche jao", "pichla", "wapas", "vapas", "wapis",
    ),
    "language": (
        "language", "change language", "langauge", "languge", "lang", "भाषा", "भाषा बदलें", "भाषा बदलो",
        "bhasha", "bhasa", "bhasha badlo",
        "bhasha badle",
    ),
    "help": (
        "help", "halp", "hepl", "menu", "मदद", "सहायता", "हेल्प", "मैन्यू", "madad", "madat", "maddad",
        "sahayata", "sahayta",
    ),
    "stop": (
        "stop", "stp", "stopp", "unsubscribe", "बंद", "बंद करो", "बंद करें", "बन्द", "बन्द करो", "रोको",
 "स्टॉप", "band karo",
        "roko", "stop all", "stopall",
    ),
    "delete": (
        "delete", "delet", "dilit", "dilet", "delate", "erase", "cancel", "cancle", "remove",
        "delete my report", "मिटाएं", "मिटाए", "मिटाओ",
        "मिटा दो", "मिटा दें", "सब मिटा दो", "हटाओ", "हटाएं", "हटा दो", "रद्द", "रद्द करें", "डिलीट",
        "mitao", "mita do", "mitaye",
        "mitaen", "sab mita do", "hatao", "hata do", "radd",
        "delete all", "delete everything", "i want to delete", "erase all", "मिटा दीजिए", "मिटा दीजिये", "मिटाइए",
        "मिटा दो सब", "सब मिटाओ", "सब मिटाएं", "सब मिटा दीजिए", "हटा दीजिए", "हटाइए", "mita dijiye", "mita dijie",
        "mita do sab", "sab mitao", "sab mita dijiye", "hata dijiye",
    ),
    "status": (
        "status", "stauts", "staus", "satus", "statas", "stetus", "steetus", "स्थिति", "स्थिती", "हाल",
        "स्टेटस", "sthiti",
        "sthiti kya", "haal", "status kya",
    ),
    "add": ("add", "ad", "aad", "जोड़ें", "जोड़ो", "जोड़े", "जोड़ना", "jodo", "joden", "jode", "jodna",
            "जोड़ दो", "जोड़ दें", "ऐड", "jod do", "jod den"),
    "lost": (
        "receipt lost", "lost receipt", "i lost my receipt", "i lost the receipt", "i have lost my receipt",
        "lost my receipt", "my receipt is lost", "receipt is lost", "receipt number lost", "forgot receipt",
        "i forgot my receipt", "पर्ची खो गई", "पर्ची खो गयी", "मेरी पर्ची खो गई", "पर्ची गुम हो गई", "पर्ची गुम", "पर्ची भूल गया",
        "पर्ची भूल गई", "पर्ची नंबर खो गया", "पर्ची नंबर भूल गया", "पर्ची नंबर भूल गई", "रसीद खो गई", "पर्ची नहीं है",
        "parchi kho gayi", "parchi kho gai", "parchi kho gyi", "meri parchi kho gayi", "meri parchi kho gai",
        "parchi gum ho gayi", "parchi gum", "parchi bhul gaya", "parchi bhool gaya", "parchi number kho gaya",
        "receipt kho gayi", "receipt kho gai", "rasid kho gayi", "raseed kho gayi", "parchi nahi hai",
    ),
    "safe": (
        "safe", "is it safe", "is this safe", "how safe", "how safe is it", "how safe is this", "am i safe",
        "is it really safe", "is my number safe", "will police know my number", "will police know who i am",
        "सुरक्षित", "क्या यह सुरक्षित", "क्या ये सुरक्षित", "यह कितना सुरक्षित", "कितना सुरक्षित", "क्या मैं सुरक्षित हूं", "सुरक्षित है क्या",
        "सेफ", "क्या यह सेफ", "क्या ये सेफ", "यह सेफ है क्या", "सेफ है क्या", "surakshit", "surkshit", "surakshit hai kya",
        "kya yah surakshit", "kya yeh surakshit", "kya ye surakshit", "kitna surakshit", "yah kitna surakshit",
        "ye kitna surakshit", "kya ye safe", "kya yeh safe", "kya yah safe", "ye safe hai kya", "safe hai kya",
        "safe hai ya nahi", "kitna safe",
    ),
    "undo": (
        "undo", "take back", "take it back", "take this back", "वापस लें", "वापस लो", "वापस ले लो",
        "वापस ले लें",
        "इसे वापस लें", "wapas le", "wapas len", "wapas lo", "wapas le lo", "vapas le", "vapas lo",
        "vapas le lo",
    ),
}  # fmt: skip
_ONWARD = (
    "more", "more names", "see more", "show more", "next page", "next list", "aur", "or", "aur dekhe", "aur dekhen",
    "aur dekho", "aur dikhao", "aur naam", "aur batao", "agla page", "agli list", "agli suchi",
    "और", "और देखें", "और देखे", "और देखो", "और दिखाओ", "और दिखाएं", "और नाम", "और बताओ", "अगला पेज", "अगली सूची",
)  # fmt: skip
_BACKWARD = (
    "back list", "back in the list", "previous page", "previous list", "pichli", "pichhli", "pichli list",
    "pichli suchi", "pichla page", "pichhla page", "पिछली", "पिछली सूची", "पिछली लिस्ट", "पिछला पेज", "पिछले नाम",
)  # fmt: skip
_LEAST_DIGITS = 14
"""As many as a receipt with two missing, where its status is asked."""
_BESIDE_RECEIPT = (
    "में", "मे", "को", "me", "mein", "ko", "है", "hai", "चाहिए", "chahiye",
    "पर", "पर्ची", "रसीद", "रिसीट", "नंबर", "नम्बर", "मेरी", "मेरा", "मेरे", "अपनी", "अपना", "अपने", "वाली", "और", "का",
    "की", "के", "अंक", "अंकों", "रिपोर्ट", "mai", "main", "par", "parchi", "rasid", "raseed", "number", "nambar", "no",
    "receipt", "report", "my", "your", "the", "of", "in", "and", "is", "digits", "meri", "mera", "mere", "apni", "apna",
    "apne", "to", "wali", "aur", "ka", "ki", "ke", "ank",
)  # fmt: skip
_ASKING = (
    "क्या", "हुआ", "हुई", "हुए", "कुछ", "पता", "चला", "बताओ", "बताएं", "बताइए", "बताइये", "कब", "तक", "कहां",
    "कैसे", "कैसा", "जानकारी", "अपडेट", "केस", "शिकायत", "चेक", "देखो", "देखें", "देखिए", "यह", "ये", "इसका",
    "इसकी", "हूं", "ठीक", "शुक्रिया", "धन्यवाद", "kya", "hua", "hui", "hue", "kuch", "kuchh", "pata",
    "chala", "batao", "bataen", "bataye", "bataiye", "kab", "tak", "kahan", "kaha", "kaise", "kaisa", "jankari",
    "update", "updates", "case", "complaint", "shikayat", "check", "dekho", "dekhe", "dekhiye", "ye", "yeh",
    "yah", "iska", "iski", "thik", "theek", "shukriya", "dhanyavad", "what", "happened", "happening",
    "with", "about", "any", "news", "how", "when", "where", "going", "on", "has", "s", "for",
    "thanks", "thank", "you", "ok", "okay", "code", "id", "slip", "स्लिप", "परची", "purchi", "reciept",
    "recipt",
)  # fmt: skip
"""With those above they ask how a report stands."""
_MOST_WORDS = 24  # with politeness; each word less is looked up anew
_POLITE = frozenset(
    (
        *(
            "please",
            "pls",
            "plz",
            "plss",
            "plzz",
            "sir",
            "sirji",
            "madam",
            "maam",
            "mam",
            "ji",
            "bhai",
            "bhaiya",
            "kripya",
        ),
        *(
            "कृपया",
            "प्लीज",
            "प्लीज़",
            "सर",
            "मैडम",
            "जी",
            "भाई",
            "भैया",
            "साहब",
            "sahab",
            "saheb",
            "mujhe",
            "मुझे",
            "now",
        ),
        *(
            "karo",
            "kar",
            "kare",
            "karen",
            "karein",
            "kijiye",
            "kijie",
            "karna",
            "dijiye",
            "dijie",
            "do",
            "de",
            "hai",
            "chahiye",
        ),
        *(
            "करो",
            "कर",
            "करें",
            "करे",
            "कीजिए",
            "करिए",
            "करना",
            "दीजिए",
            "दो",
            "दें",
            "है",
            "चाहिए",
            "it",
            "this",
            "i",
            "want",
        ),
    )
)


def keyword(text: str) -> str | None:
    """The command (a key of KEYWORDS) that the whole message is,
    with or without a receipt behind status, and beside add."""
    folded = fold(PLACE_CODE.sub(" ", text))
    commands = _commands()
    if folded in commands:
        return commands[folded]
    first, _, rest = folded.partition(" ")
    if commands.get(first) == "status" and rest.replace(" ", "").isdecimal():
        return "status"
    polite = next((commands[rest] for rest in _without_politeness(folded.split()) if rest in commands), None)
    if polite is not None:
        return polite
    asked = asked_to_add(text)
    if asked is not None and not asked.told and (asked.is_right or asked.is_command):
        return "add"
    if _asks_status(text):
        return "status"
    return "start" if folded and all(commands.get(word) == "start" for word in folded.split()) else None


def _asks_status(text: str) -> bool:
    """Whether the words are that word and a receipt's digits, and no more than stands beside these."""
    plain_words = (word.plain for word in words_of(PLACE_CODE.sub(" ", text)))
    telling = [plain for plain in plain_words if plain not in _beside_receipt()]
    named = [_commands().get(plain) for plain in telling if not plain.isdecimal()]
    digits = sum(len(plain) for plain in telling if plain.isdecimal())
    return named == ["status"] and digits >= _LEAST_DIGITS


def only_asks(text: str) -> bool:
    """Whether beside digits there are no words, or only those that name a receipt, ask how it stands or command."""
    plain = {word.plain for word in words_of(PLACE_CODE.sub(" ", text)) if any(map(str.isalpha, word.plain))}
    return plain <= _beside_receipt() | frozenset(map(fold, _ASKING)) | _commands().keys()


def page_turn(text: str) -> int:
    """1 for words that ask for the next page of a long list, -1 for the page before, 0 for any others."""
    folded = fold(text)
    return 1 if folded in map(fold, _ONWARD) else -1 if folded in map(fold, _BACKWARD) else 0


def _without_politeness(words: list[str]) -> Iterator[str]:
    """The words without what politeness puts before them, then with less and less of what it puts behind."""
    if len(words) > _MOST_WORDS:
        return
    while words and words[0] in _politeness():
        words = words[1:]
        yield " ".join(words)
    while words and words[-1] in _politeness():
        words = words[:-1]
        yield " ".join(words)


@cache
def _politeness() -> frozenset[str]:
    return frozenset(map(fold, _POLITE))


@cache
def _beside_receipt() -> frozenset[str]:
    return _politeness() | frozenset(map(fold, _BESIDE_RECEIPT))


@cache
def _commands() -> dict[str, str]:
    return {fold(word): name for name, words in KEYWORDS.items() for word in words}
