"""
Phrases with which people opt out: literal tables, in Spanish and English. Pure.

A phrase is a whole clause, so that a sentence about something else is an ordinary text: `no me den de baja el
servicio`, `no me envíen la factura`. Each line is a pattern; `<part>` stands for a row of `_PARTS`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from typing import Final

ENDS: Final = """
<wish>(dar(me)?|d[ae]me|denme|date|me (doy|dan|den|da)) de baja(<of_topic>|<where>)?
me (quiero|quisiera|deseo|puedo|pueden?|podrian?) dar de baja<of_topic>?
<not>(me|nos) escrib(an?|as)<more><any_topic>?
<not>(me|nos) (envien?|manden?|remitan?)<more><any_topic>?
<not>(me|nos) (envien?|manden?|remitan?) nada mas
<not>(escrib(ir|an?)|molest(ar|en?)|contact(ar|en?))<again_es><where>?
<not>(envi(ar|en?)|mand(ar|en?)|remit(ir|an?))(<again_es>|<more><any> <unwanted>)<where>?
<not>((me|nos) )?(vuelvan? a|sigan?|continuen) <write>(me|nos)?<more><any_topic>?<where>?
<not>(quiero|deseo|quisiera|acepto) (volver a |seguir )?recib(ir|iendo)<more><any_topic>?
<not>(quiero|deseo|quisiera) (volver a |seguir )?recib(ir|iendo) nada mas
<not>(quiero|deseo|mas) (mas )?<topic>
<not>acepto (mas )?(?!ofertas?\\b)<topic>
<not>(quiero|deseo) que me (escriban|envien|manden|contacten|molesten|sigan \\w+ndo)<more><any_topic>?<where>?
<not>(quiero|deseo) que me vuelvan a <write><more><any_topic>?<where>?
<not>autorizo (el envio de |recibir |a recibir |que me envien |mas )*<topic>
(no|ni) mas <topic>|basta (ya )?de <topic>|nada (mas )?de <adverts>
(que )?(dejen?|paren?|cesen?|dejar) (ya )?de <write>(me|nos)?<more><any_topic>?<where>?
<wish><remove>me<of_topic>
<wish>(cancelar?|cancelen|cancelo|anular|anulen|terminar)( (mi|la))? suscripcion
<wish>(me (quiero|quisiera|deseo) )?desuscri(bir|ban|ba|birme|banme|bame|birse)<of_topic>?
(stop|quit) <writing>( (me|us))?<any_topic_en>?<again><where_en>?
stop<any_topic_en>
<never>(contact|write( to)?|text|e ?mail|message|spam|bother) (me|us)<again><where_en>?
<never>send (me|us)( any ?more| more)?<any_topic_en>?<again><where_en>?
(remove|delete) me|take me off|stop all
<wish_en>(be )?(removed?|take|taken|delete|get)( me)? (off|from)( of)?<any_topic_en>
<wish_en>(be )?(unsubscribed?|opt(ed)? ?out|opt me out)( me)?( (from|of|to)<any_topic_en>)?
<unwilling>( (receive|get|have|be sent))?<any_topic_en><again>
<unwilling> (hear from (you|this)|be contacted)<again>
no more <topic_en>
(cancel|end) my subscription
"""
"""They say all that their writer wants: nobody has to read them."""

READ: Final = """
<wish>darme de baja<name>
(como )?me doy de baja|como (me doy|darme|darse) de baja
<wish>(mi|la) baja<of_topic>?
<not>(me|nos) escrib(an?|as)<more>(<where>|(?<=mas)<name>)
<not>(me|nos) (llamen?|contacten?|molesten?|fastidien|busquen)<more>(<any_topic>|<where>)?
<not>(me|nos) (envien?|manden?|remitan?)<more><any_topic>?<where>
<not>(quiero|deseo) que me llamen<more><where>?
<not>(((quiero|deseo|quisiera) (recibir |seguir recibiendo )?)?mas) llamadas( (suyas|de ustedes|comerciales))?
<not>(quiero|deseo|quisiera|acepto) (volver a |seguir )?recib(ir|iendo)<more><any_topic>?<where>
<wish>(dar|d[ae]|den) de baja (mi|este) <contact><of_topic>?
<wish>(salir(me)?|baja) de (la|esta|su|sus|estas) <mailing>
(ya )?dejen?me (en paz|tranquil[oa])
<wish><remove>(me)?( (mi|este|el) <contact>)? de (su|sus|la|las|esta) (listas?|bases?)( de (datos|contactos))?
(revoco|retiro) (mi|la|el) (autorizacion|consentimiento)( comercial| para (recibir )?<topic>)?
(stop|quit) calling( (me|us))?<again><where_en>?
<never>call (me|us)<again><where_en>?
(remove|delete) my (number|e ?mail|address|name|contact) from<any_topic_en>
leave (me|us) alone|(i )?(revoke|withdraw) (my )?consent
"""
"""A person reads them all the same: their writer may want more than the hub does by itself."""

_PARTS: Final[Mapping[str, str]] = {
    "of_topic": "( (de|en)<any_topic>)",
    "any_topic": "(<any> <topic>)",
    "any": "( (mas|este|estos|esta|estas|esos|esas|sus?|ningun[oa]?|el|la|los|las|tipo de|tod[oa]s?))*",
    "topic": "(<thing>( <kind>)*)",
    "thing": (
        "(correos?|e? ?mails?|mensajes?|mensajitos|textos|sms|whats?app?s?|publicidad|propagandas?|"
        "promociones|ofertas?|encuestas?|boletin(es)?|notificaciones|comunicaciones|informacion|envios|spam|campanas|"
        "anuncios|nada|listas?( de (correos?|difusion|distribucion|envios|contactos))?)"
    ),
    # The impersonal forms (`no enviar más`) and a bare `nada de` take fewer words: `nada de información` is a
    # complaint, and so is `nada de correos`.
    "adverts": "(publicidad|propagandas?|promociones|ofertas?|encuestas?|spam|boletin(es)?)",
    "unwanted": "(<adverts>|(mensajes?|mensajitos|correos?|sms|whats?app?s?|e? ?mails?)( <kind>)?)",
    "mailing": "(listas?( de (correos?|difusion|distribucion|envios|contactos))?)",
    "again_es": "( (mas|nunca|jamas|otra vez|de nuevo))+",
    "kind": "(comercial(es)?|publicitari[oa]s?|promocional(es)?|masivos|de (publicidad|ustedes|texto))",
    "contact": "(correo|numero|celular|nombre|email|contacto)",
    "where": (
        "( (a|en|por|de) (este|esta|mi) (numero|correo|celular|medio|telefono|linea|direccion|email|chat)"
        "| por (aqui|aca|whats?app?|correo|sms|mensaje( de texto)?|ningun (medio|canal)))"
    ),
    "more": "( (mas|nunca|jamas|otra vez|de nuevo|ya))*",
    "not": "(ya )?no ",
    "write": "(escrib|envi|mand|contact|molest|llam)(ir|ar|iendo|ando)",
    "remove": "(retir|quit|sac|saqu|borr|elimin|exclu|excluy)[a-z]{1,4}",
    "wish": (
        "((yo )?(ya )?(quiero|quisiera|deseo|necesito|solicito|pido|exijo|me gustaria|puedo|podria|les? pido|"
        "les? solicito|como puedo|como hago para)( que)? )?"
    ),
    # A name or a flat after the phrase: nothing that says of what, when or why.
    "name": (
        "( (?!(a|al|ante|antes|ahora|asi|cada|como|con|cuando|de|del|despues|durante|el|ella|en|es|esta|este|"
        "hasta|hoy|la|las|lo|los|manana|mi|mis|mientras|ni|no|o|para|pero|por|porque|que|si|sin|sino|solo|su|"
        "sus|tan|tanto|todo|todos|un|una|y|ya)\\b)\\w+( \\w+){0,6})"
    ),
    "any_topic_en": "(<any_en> <topic_en>)",
    "any_en": "( (any|more|of|your|these|those|this|all|such|the|kind|sort|from))*",
    "topic_en": (
        "(((marketing|promotional|commercial|junk|unwanted|spam|text|mailing|email|contact) )*"
        "(ads?|adverts?|advertising|advertisements?|marketing|promotions?|promos?|offers?|surveys?|e ?mails?|"
        "mails?|messages?|texts?|sms|whats?apps?|newsletters?|spam|communications?|mailings?|lists?|database|"
        "anything( else)?|stuff))"
    ),
    "again": "( (again|any ?more|ever|ever again|at all|now))*",
    "where_en": "( (on|at|to|from) (this|my) (number|phone|e ?mail|address|mobile))",
    "never": "(do not|don t|dont|never) (ever )?",
    "writing": ("(writing( to)?|texting|e ?mailing|messaging|contacting|bothering|spamming|mailing|sending)"),
    "unwilling": "(i )?(do not|don t|dont|no longer) (want|wish|care)( to)?",
    "wish_en": "((i (want|would like|d like|wish|need)|how (do|can) i|can (i|you)|could you|i) (to )?)?",
}


_PART: Final = re.compile(r"<(\w+)>")


@cache
def _patterns(table: str) -> Sequence[re.Pattern[str]]:
    while _PART.search(table):
        table = _PART.sub(lambda part: _PARTS[part[1]], table)
    return [re.compile(line) for line in table.split("\n") if line]


_COURTESY: Final = re.compile(
    r"\b(?:por favor|porfa(?:vor)?|muchas gracias|gracias|please|pls|kindly|thank you|thanks)\b"
)
_GREETING: Final = re.compile(
    r"(?:(?:hola|buen[oa]s?|dias?|tardes|noches|cordial(?:es)?|saludos?|estimad[oa]s?|senor(?:es|a)?|muy|"
    r"atentamente|hello|hi|hey|good|morning|afternoon|evening|dear|sirs?|madam|team|regards|best) ?)+"
)
_ADDRESS: Final = re.compile(r"\S*(?:://|@)\S*|\bwww\.\S+")
"""A link may have `unsubscribe` in it."""
_END: Final = re.compile(r"[^\w\s'’`-]+|\s-+\s")
_WORD: Final = re.compile(r"\w+")
_MOST: Final = 60
"""Clauses, and words of one: nobody says no in a longer text, and a pattern must not take long."""


def clauses(text: str) -> Iterator[str]:
    """Yield the clauses of a folded text as words with a space between, without courtesy and greetings."""
    for part in _END.split(_ADDRESS.sub(" ; ", text))[:_MOST]:
        words = " ".join(_WORD.findall(part)[: _MOST + 1])
        bare = " ".join(_COURTESY.sub(" ", words).split())
        if bare and not _GREETING.fullmatch(bare):
            yield bare


_BARE: Final = re.compile(
    r"(?:ya )?no (?:me|nos) (?:llamen?|contacten?|molesten?|busquen|escrib(?:an?|as))"
    r"|(?:do not|don t|dont) (?:call|contact|text|bother|write to|message) (?:me|us)"
)
_BUSY: Final = re.compile(
    r"(?:yo )?(?:estoy|estamos|ando|voy) (?:muy )?(?:en (?!contra|desacuerdo)|de |con |ocupad|manej"
    r"|conduc|trabaj|dorm|almorz|viaj|enferm|atend|dict).*"
    r"|(?:i m|i am|we are|we re) (?:in|at|driving|busy|working|sleeping)\b.*"
)


def for_now(clause: str, beside: Collection[str]) -> bool:
    """`No me llamen, estoy en una reunión`: a no for no time, beside why not at this moment."""
    return bool(_BARE.fullmatch(clause)) and any(map(_BUSY.fullmatch, beside))


def opts_out(clause: str) -> bool | None:
    """Return whether a person reads the text with this clause all the same; None if it says no such thing."""
    if any(pattern.fullmatch(clause) for pattern in _patterns(ENDS)):
        return False
    return True if any(pattern.fullmatch(clause) for pattern in _patterns(READ)) else None
