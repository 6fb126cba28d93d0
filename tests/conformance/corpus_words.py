"""What the pages of the corpus have in common: header, opening and footer, by language and by kind of page."""

from __future__ import annotations


def _header(pause: str, support: str, leave: str, courses: str, certificates: str, care: str, pages: str) -> str:
    return f"""<header>
<nav aria-label="{care}"><a href="/pause">{pause}</a> <a href="/support">{support}</a> <a href="/away">{leave}</a></nav>
<nav aria-label="{pages}"><a href="/courses">{courses}</a> <a href="/certificates">{certificates}</a></nav>
</header>"""


def _opening(heading: str, note: str, prose: str) -> str:
    return f"""<h1>{heading}</h1>
<p class="content-note">{note}</p>
<div class="lesson-text"><p>{prose}</p></div>"""


COMMON = {
    "en": {
        "title": "Listening first – Harbour Training",
        "header": _header("Pause", "Support lines", "Leave this page", "Courses", "Certificates", "Care", "Pages"),
        "opening": _opening(
            "Listening first",
            "Content note: this lesson talks about a house fire. Nobody is hurt.",
            "After the fire in Mill Street, Leila sat with her neighbour on the stairs. She asked what he needed, and "
            "then she waited. It took a while until he said that he would like to call his brother, and she found him "
            "a telephone.",
        ),
        "footer": "<footer><p>Harbour Training is run by volunteers.</p></footer>",
    },
    "es": {
        "title": "Escuchar primero – Formación Puerto",
        "header": _header(
            "Hacer una pausa", "Líneas de ayuda", "Salir de esta página", "Cursos", "Certificados", "Cuidado", "Páginas"
        ),
        "opening": _opening(
            "Escuchar primero",
            "Nota sobre el contenido: esta lección habla de un incendio en una casa. Nadie resulta herido.",
            "Después del incendio de la calle del Molino, Leila se sentó con su vecino en la escalera. Le preguntó qué "
            "necesitaba y esperó. Pasó un rato hasta que él dijo que quería llamar a su hermano.",
        ),
        "footer": "<footer><p>Formación Puerto es obra de voluntarios.</p></footer>",
    },
    "fr": {
        "title": "Écouter d’abord – Formation du Port",
        "header": _header(
            "Faire une pause", "Lignes d’écoute", "Quitter cette page", "Cours", "Attestations", "Soutien", "Pages"
        ),
        "opening": _opening(
            "Écouter d’abord",
            "Note sur le contenu : cette leçon parle d’un incendie dans une maison. Personne n’est blessé.",
            "Après l’incendie de la rue du Moulin, Leïla s’est assise avec son voisin dans l’escalier. Elle lui a "
            "demandé ce dont il avait besoin, puis elle a attendu. Après un moment, il a dit qu’il aimerait "
            "appeler son frère.",
        ),
        "footer": "<footer><p>La Formation du Port est animée par des bénévoles.</p></footer>",
    },
    "de": {
        "title": "Erst zuhören – Hafen-Schulung",
        "header": _header(
            "Pause machen", "Hilfetelefone", "Diese Seite verlassen", "Kurse", "Bescheinigungen", "Fürsorge", "Seiten"
        ),
        "opening": _opening(
            "Erst zuhören",
            "Hinweis zum Inhalt: In dieser Lektion geht es um einen Wohnungsbrand. Niemand wird verletzt.",
            "Nach dem Brand in der Mühlgasse saß Leila mit ihrem Nachbarn auf der Treppe. Sie fragte, was er brauche, "
            "und wartete. Es dauerte eine Weile, bis er sagte, dass er gern seinen Bruder anrufen würde.",
        ),
        "footer": "<footer><p>Die Hafen-Schulung wird von Ehrenamtlichen getragen.</p></footer>",
    },
}
PATTERNS = {
    "es": ('pause = "hacer una pausa"', 'support = "líneas de ayuda"', 'leave = "salir de esta página"'),
    "fr": ('pause = "faire une pause"', 'support = "lignes d’écoute"', 'leave = "quitter cette page"'),
    "de": ('pause = "pause machen"', 'support = "hilfetelefone"', 'leave = "diese seite verlassen"'),
}
CHECK = """<h1>Check: listening first</h1>
<p>You can take this check as often as you like. There is no time limit.</p>"""
BY_KIND = {
    "not-found": {
        "opening": """<h1>We can’t find this page</h1>
<p>The address may have changed. Nothing that you wrote is lost.
You can <a href="/courses">go to your courses</a>.</p>"""
    },
    "check": {"opening": CHECK},
    "result": {"opening": CHECK.replace("Check:", "Your result:")},
    "sign-in": {"opening": "<h1>Sign in</h1>"},
    "register": {"opening": "<h1>Create an account</h1>"},
    "form-error": {"opening": "<h1>Sign in</h1>"},
    "certificate": {
        "opening": "<h1>Certificate of Leila Haddad</h1>\n<p>Peer supporter, valid until 14 March 2028.</p>"
    },
}
