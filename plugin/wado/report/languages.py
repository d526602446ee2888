"""Language tags as RFC 5646 has them: reports also name languages by the three letters of ISO 639-2 (PS3.16 CID 5000).

Browsers, readers of the screen and CDA know the shorter form alone, where there is one (RFC 5646 2.2.1).
"""

from __future__ import annotations

import re

_SHORT_AND_LONG = """
aa aar ab abk ae ave af afr ak aka am amh an arg ar ara as asm av ava ay aym az aze ba bak be bel bg bul bi bis bm bam
bn ben bo bod bo tib br bre bs bos ca cat ce che ch cha co cos cr cre cs ces cs cze cu chu cv chv cy cym cy wel da dan
de deu de ger dv div dz dzo ee ewe el ell el gre en eng eo epo es spa et est eu eus eu baq fa fas fa per ff ful fi fin
fj fij fo fao fr fra fr fre fy fry ga gle gd gla gl glg gn grn gu guj gv glv ha hau he heb hi hin ho hmo hr hrv ht hat
hu hun hy hye hy arm hz her ia ina id ind ie ile ig ibo ii iii ik ipk io ido is isl is ice it ita iu iku ja jpn jv jav
ka kat ka geo kg kon ki kik kj kua kk kaz kl kal km khm kn kan ko kor kr kau ks kas ku kur kv kom kw cor ky kir la lat
lb ltz lg lug li lim ln lin lo lao lt lit lu lub lv lav mg mlg mh mah mi mri mi mao mk mkd mk mac ml mal mn mon mr mar
ms msa ms may mt mlt my mya my bur na nau nb nob nd nde ne nep ng ndo nl nld nl dut nn nno no nor nr nbl nv nav ny nya
oc oci oj oji om orm or ori os oss pa pan pi pli pl pol ps pus pt por qu que rm roh rn run ro ron ro rum ru rus rw kin
sa san sc srd sd snd se sme sg sag si sin sk slk sk slo sl slv sm smo sn sna so som sq sqi sq alb sr srp ss ssw st sot
su sun sv swe sw swa ta tam te tel tg tgk th tha ti tir tk tuk tl tgl tn tsn to ton tr tur ts tso tt tat tw twi ty tah
ug uig uk ukr ur urd uz uzb ve ven vi vie vo vol wa wln wo wol xh xho yi yid yo yor za zha zh zho zh chi zu zul
"""
_CODES = _SHORT_AND_LONG.split()
SHORT_FORM = dict(zip(_CODES[1::2], _CODES[::2], strict=True))
"""ISO 639-1 by ISO 639-2, terminologic and bibliographic."""

RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "iw", "ps", "sd", "syr", "ug", "ur", "yi"})
"""Primary subtags of languages that are written from right to left."""

_TAG = re.compile("[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_REGION = re.compile("[A-Za-z]{2}|[0-9]{3}")
_LONGEST = 35


def language_tag(language: str, region: str = "") -> str:
    """The tag of a language and where it is spoken; empty where what is told is none."""
    if len(language) > _LONGEST or not _TAG.fullmatch(language):
        return ""
    primary, separator, others = language.partition("-")
    primary = SHORT_FORM.get(primary.lower(), primary)
    if others or not _REGION.fullmatch(region):
        return f"{primary}{separator}{others}"
    return f"{primary}-{region}"


def is_right_to_left(tag: str) -> bool:
    return tag.partition("-")[0].lower() in RIGHT_TO_LEFT
