"""Welsh or English? Only an answer that is clear counts; one stray word, or a greeting common to both, says nothing."""

from bot.domain.text import read

# Small words that carry a language and are not words of the other one. Words of both ("a", "i", "am", "y", "pan", "mae" is
# Welsh only) are left out, and so are greetings, names and words borrowed both ways.
_CY = frozenset(
    """
    ac yn yr ar mae maen maer dw dwi dwin rydw rwy rwyn rydw rydyn rydych dych dan ydy ydi ydw yw oes oedd oedden oeddwn bydd
    byddai byddwn bydda fydd fyddai fydda wedi ddim dim nid nad ond hefyd gyda gydag gan gen ganddo gennyf efo hefo wrth dros
    drwy trwy rhwng cyn fel fy dy ei eu ein eich eu fo fe hi nhw nhwn chi ti ni beth pwy sut pryd ble pam faint sydd syn sy nad
    eisiau isio isie moyn angen gallu medru gall galla alla allwch gallwch wnes nes wnaeth nath gwneud neud mynd dod dweud deud
    gweud gweld cael gael rhaid roedd roedden fod bod mod bo bob pob popeth rhywbeth rhywun neb unrhyw iawn nawr rwan heddiw
    heddi ddoe fory yfory heno neithiwr wythnos mis blwyddyn oed babi fabi plentyn plant mam dad tad gwr wraig gwraig merch
    mab teulu ty adref adra gartref gatre ysgol meddwl teimlo deimlo hapus drist trist blinedig wedi helpu help cymorth
    diolch plis os gwelwch dda da drwg mawr fawr bach fach newydd hen arall eraill llawer lot gormod digon mwy llai cyntaf
    cynta wedyn nol ol allan lan lawr mewn dan oddi at am heb hwn hon hyn hynny hwnnw honno yma yna fan fanna lle os neu achos
    oherwydd felly tra erbyn ers mor rhy eitha reit go sain sai smo dydy dydi dyw nac oce wnewch fyswn baswn byse bydden
    bydde dyna dyma yno ynddo arno arni iddo iddi wrtho wrthi amdano fewn ynglyn rhieni gafodd cafodd aeth daeth yw'r dechrau
    gwaith weithio gweithio tamaid ychydig cymraeg saesneg nos bore prynhawn siarad rhoi ffonio galw cysgu crio feddyg meddyg
    """.split()
) - frozenset("am dad help dan lot at go da fan hen bore nos mam mis cyn lan pam ti ni chi hon ar bob dim nad lawr tad bod mod ty".split())
_EN = frozenset(
    """
    the and is are was were be been being have has had do does did will would can could should shall may might must not dont
    doesnt didnt cant couldnt wont wouldnt isnt arent wasnt im ive ill id its hes shes theyre youre were thats whats theres
    you your yours my mine me we us our he him his she her they them their it this that these those what when where which who
    why how there here of to for from with about into over after before out up down off than then so because if but or as by
    just really very much many some any all every no yes one two more most other only also too again still now today tomorrow
    tonight yesterday know think want need like feel feeling going go gone get got getting make made come came see saw look
    say said tell told ask give take took put keep let try trying work call text phone help please thanks thank sorry love
    good bad new old big little nice great happy sad tired baby babies child children kid kids mum mom husband wife boyfriend
    partner daughter son home house day night week month year time thing things something anything nothing someone anyone
    people ur u r ok okay lol dont didnt wanna gonna gotta cos coz tho thru at on in we'll doing having
    """.split()
) - frozenset("were u r ok okay help no ill id call go on as to if text day for son partner".split())
_LEAST = 2
_TIMES = 3


def guess_language(text: str) -> str | None:
    """"cy" or "en" when at least two different words say so and three times as many as say the other; otherwise None."""
    words = set(read(text).words())
    welsh, english = len(words & _CY), len(words & _EN)
    # "lle", "llwy", "ddim": a word with a Welsh double letter at its start counts, and no English word has one.
    welsh += sum(word not in _CY and word[:2] in ("dd", "rh", "ng", "ll") and len(word) > 3 and word[:5] != "rhyme" for word in words)
    if welsh >= _LEAST and welsh >= _TIMES * english:
        return "cy"
    if english >= _LEAST and english >= _TIMES * welsh:
        return "en"
    return None
