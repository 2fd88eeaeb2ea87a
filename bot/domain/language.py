"""Welsh or English? Only an answer that is clear counts; one stray word, or a greeting common to both, says nothing."""

from bot.domain.text import read


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Common words that are not words of the other language. Left out: words of both ("am", "dim", "help"), greetings,
# and words borrowed both ways.
_CY = _set("""
    ac yn yr mae maen maer dw dwi dwin rydw rwy rwyn rydyn rydych dych ydy ydi ydw yw oes oedd oedden oeddwn bydd
    byddai byddwn bydda fydd fyddai fydda wedi ddim nid ond hefyd gyda gydag gan gen ganddo gennyf efo hefo wrth
    dros drwy trwy rhwng fel fy dy ei eu ein eich fo fe hi nhw nhwn beth pwy sut pryd ble faint sydd syn sy eisiau
    isio isie moyn angen gallu medru gall galla alla allwch gallwch wnes nes wnaeth nath gwneud neud mynd dod dweud
    deud gweud gweld cael gael rhaid roedd roedden fod bo pob popeth rhywbeth rhywun neb unrhyw iawn nawr rwan
    heddiw heddi ddoe fory yfory heno neithiwr wythnos blwyddyn oed babi fabi plentyn plant gwr wraig gwraig merch
    mab teulu adref adra gartref gatre ysgol meddwl teimlo deimlo hapus drist trist blinedig helpu cymorth diolch
    plis os gwelwch dda drwg mawr fawr bach fach newydd arall eraill llawer gormod digon mwy llai cyntaf cynta
    wedyn nol ol allan mewn oddi heb hwn hyn hynny hwnnw honno yma yna fanna lle neu achos oherwydd felly tra erbyn
    ers mor rhy eitha reit sain sai smo dydy dydi dyw nac oce wnewch fyswn baswn byse bydden bydde dyna dyma yno
    ynddo arno arni iddo iddi wrtho wrthi amdano fewn ynglyn rhieni gafodd cafodd aeth daeth dechrau gwaith weithio
    gweithio tamaid ychydig cymraeg saesneg prynhawn siarad rhoi ffonio galw cysgu crio feddyg meddyg
""")
_EN = _set("""
    the and is are was be been being have has had do does did will would can could should shall may might must not
    dont doesnt didnt cant couldnt wont wouldnt isnt arent wasnt im ive its hes shes theyre youre thats whats
    theres you your yours my mine me we us our he him his she her they them their it this that these those what
    when where which who why how there here of from with about into over after before out up down off than then so
    because but or by just really very much many some any all every yes one two more most other only also too again
    still now today tomorrow tonight yesterday know think want need like feel feeling going gone get got getting
    make made come came see saw look say said tell told ask give take took put keep let try trying work phone
    please thanks thank sorry love good bad new old big little nice great happy sad tired baby babies child
    children kid kids mum mom husband wife boyfriend daughter home house night week month year time thing things
    something anything nothing someone anyone people ur lol wanna gonna gotta cos coz tho thru at in doing having
""")
_DOUBLES = ("dd", "ll", "ng", "rh")
_LEAST = 2
_TIMES = 3


def guess_language(text: str, *, least: int = _LEAST) -> str | None:
    """Welsh ("cy") or English ("en"), or None when it is not clear.

    Clear: at least two different words say so (or `least`), and three times as many as say the other.
    """
    words = set(read(text).words())
    english = len(words & _EN)
    # A Welsh double letter at the start of a word speaks for Welsh: English words that begin so are very few.
    welsh = sum(word in _CY or (len(word) > 3 and word.startswith(_DOUBLES)) for word in words)
    if welsh >= least and welsh >= _TIMES * english:
        return "cy"
    if english >= least and english >= _TIMES * welsh:
        return "en"
    return None
