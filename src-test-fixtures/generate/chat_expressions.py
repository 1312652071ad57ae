"""Expressions of chat templates, and what the Jinja environment of transformers makes of them. See README.md."""

import copy
import json
import random
from pathlib import Path

from transformers.utils import chat_template_utils

SEED = 7
VARIABLES = {
    "text": "  Hello, <World>! \n", "word": "naïve 🙂 ÉCOLE", "empty": "", "n": 7, "x": 2.5, "tiny": 0.00001,
    "large": 12345678901234567890, "no": False, "yes": True, "nothing": None, "list": [3, 1, 2],
    "words": ["b", "A", "c", "a"], "dict": {"b": 1, "a": [1, None, True], "quote'": "it's"},
    "people": [{"name": "Zoë", "age": 3}, {"name": "adam", "age": 2}, {"name": "Bob", "age": 3}],
    "unprintable": "5\u00a0% soft\u00adhyphen 👩\u200d👧 \u2028 \ufeff \ue000 \u0085 🫠",
    "lines": "k: v\r\nl\rm\u2028n\u000bo\n\n p", "floats": [0.0001, 25000000.0, 7e22, 1e15, 1e16, 5e-324, -0.0, 0.1],
}
CASES = [
    "{{ floats }} {{ floats | tojson }} {{ large }} {{ large | tojson }} {{ 9223372036854775807 + 1 }} {{ 0x1F }} {{ 0b11 }} {{ 0o17 }} {{ 1_000.5e1_0 }}",
    "{{ dict | tojson }} {{ [unprintable] }} {{ {unprintable: 1} }} {{ dict.items() }} {{ dict.keys() }} {{ dict.values() | list }} {{ dict | dictsort }}",
    "{{ (1,) }} {{ () }} {{ (1, 'a') }} {{ (1,) == [1] }} {{ 'a-b'.partition('-') }} {{ range(3) }} {{ range(5, 0, -2)[1:] }} {{ namespace(a=1) }}",
    "{{ 'abcabc'.find('c', 3) }} {{ 'abcabc'.index('b', 2) }} {{ 'aaa'.count('a', 1) }} {{ 'abcabc'.startswith('c', 2) }} {{ 'abcabc'.endswith(('x', 'b'), 0, 2) }} {{ 'abcabc'.rfind('b', 0, -2) }} {{ 'abc'.rindex('b') }} {{ 'a🙂b'.find('b') }}",
    "{{ lines | indent(2) }}|{{ lines | indent('> ', true, true) }}|{{ lines.splitlines() }} {{ lines.splitlines(true) }}",
    "{{ {'a': {'b': 1}} | tojson }}{{ {'a': {'b': {}}}['a'] }}{{- {'a': {}}}}|{{ [{'a': {'b': 1}}] }}|{{ '}}' ~ {'a': '%}'}['a'] }}",
    "a {%- raw -%}  {{ x }} {%- endraw -%} b {% raw %}\n{% if %}\n{% endraw +%}\n c {%- raw +%} x {% endraw %}",
    "{% macro f(a, b=0) %}{{ a }}-{{ b }};{% endmacro %}{{ f(*[1, 2]) }}{{ f(**{'a': 1, 'b': 2}) }}{{ f(1, *[2]) }}{{ f(b=3, **{'a': 1}) }}{{ range(*[1, 4]) | list }}{{ dict(**{'a': 1}) if false }}{{ '%s-%s' | format(*[1, 2]) }}",
    "{% macro f(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ f(1, 2, z=3) }}{{ f.name }}{{ f.arguments }}{{ f }}",
    "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(1, 2) }}", "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(1, b=2) }}", "{% macro f(a) %}{{ a }}{% endmacro %}{{ f(1, a=2) }}",
    "{% for i, (k, v) in [(0, ('a', 1))] %}{{ i }}{{ k }}{{ v }}{% endfor %}{% set a, (b, c) = 1, (2, 3) %}{{ a }}{{ b }}{{ c }}",
    "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.current }}{{ c.next() }}{{ c.next() }}{% set j = joiner(', ') %}{{ j() }}x{{ j() }}y",
    "{% for g in people | groupby('age') %}{{ g.grouper }}:{{ g.list | length }}{{ g[0] }};{% endfor %}{{ people | groupby('age') | map(attribute='list') | map('length') | list }}",
    "{{ 7 | round }} {{ 7 | round(1) }} {{ 2.675 | round(2) }} {{ 2.5 | round }} {{ 1234 | round(-2) }} {{ 2.1 | round(0, 'ceil') }} {{ 2.567 | round(2, 'floor') }}",
    "{{ 'xy' | center(5) }}|{{ 'xy'.center(5, '*') }}|{{ 'xyz'.center(6, '*') }}|{{ 'a/b c&ü' | urlencode }} {{ {'a b': 'c/d'} | urlencode }} {{ '<a>' | e | e }} {{ '<a>' | e ~ '<b>' }} {{ ('<a>' | safe) + '<b>' }}",
    "{{ '²'.isdigit() }} {{ '一'.isnumeric() }} {{ 'straße'.casefold() }} {{ 'ß' | capitalize }} {{ 'ﬁn ǆ ΑΣ'.title() }} {{ 'ΑΣ'.lower() }} {{ '0x1A' | int(0, 16) }} {{ 'inf' | float }} {{ '\\101\\x41\\u00e9\\N{BULLET}' }}",
    "{{ 'upper' is filter }} {{ 'odd' is test }} {{ 'x' is filter }} {{ text is escaped }} {{ 3.0 is odd }} {{ 'ABC1' is upper }} {{ '1' is upper }}",
    "{% block x %}{{ n }}{% set q = 1 %}{% endblock x %}{{ q }}{% print n, 'a' %}{% if n: %}colon{% endif %}",
    "{{ strftime_now('%C|%V|%U|%G|%P|%k|%l|%-d|%_d|%^a|%#p|%s|%c|%Q|%g|%W|%e') | length > 0 }}",
    "{{ [{'a': 2, 'b': 1}, {'a': 1, 'b': 2}] | sort(attribute='a,b') }} {{ people | sort(attribute='age', reverse=true) | map(attribute='name') | join(',') }} {{ [[2], [1]] | sort }} {{ [none] | sort }}",
    "{{ 'the quick brown fox jumps' | truncate(10) }} {{ 'the quick brown fox jumps' | truncate(10, true, '…') }} {{ 'a b c d e f g' | wordwrap(5) }} {{ [1, 2, 3, 4, 5] | slice(2) | list }} {{ '<a>b &amp; c</a>  d' | striptags }} {{ [1, {'b': 1, 'a': 2}] | pprint }} {{ 1234567 | filesizeformat }} {{ 'a-b c_d' | wordcount }}",
    "{{ dict | attr('items') is callable }} {{ dict | attr('b') is defined }} {{ list.append is defined }} {{ 'abc'.isascii() }} {{ 'a_1'.isidentifier() }} {{ 'Title Case'.istitle() }} {{ 'a\\tb'.expandtabs(4) }}",
    "{% if list | select('gt', 5) %}generators are true{% endif %} {{ (list | map('string')) is iterable }} {{ (list | select)[0] is defined }} {% set g = list | select %}{{ g | list }}{{ g | list }}",
    "{{ list | map('string') | length }}", "{{ list | select | last }}", "{{ list | select | tojson }}",
    "{% for x in [1, [2]] recursive %}{{ loop.index }}{{ loop.depth }}{% if x is iterable %}{{ loop(x) }}{% endif %}{% endfor %}{% for x in [1, 1, 2] %}{{ loop.changed(x) }}{{ loop }}{% endfor %}",
    "{% for x in list %}{% for y in list %}{{ loop.depth }}{% endfor %}{% else %}none{% endfor %}{% for x in {} %}{% else %}none{% endfor %}",
    "{{ -7 // 2 }} {{ -7 % 3 }} {{ 7 // -2.0 }} {{ -7.5 % 2 }} {{ 1.0 // 0.1 }} {{ 2 ** -1 }} {{ 2 ** 100 }} {{ (-2) ** 3 }} {{ 10 ** 25 / 10 ** 24 }} {{ 1e308 * 10 }} {{ -0.0 }} {{ -true }}",
    "{{ 1 / 0 }}", "{{ 1 % 0 }}", "{{ 1.0 // 0 }}", "{{ 0 ** -1 }}", "{{ 2.0 ** 10000 }}", "{{ (-8) ** 0.5 }}", "{{ missing + 1 }}", "{{ missing.a }}", "{{ missing[0] }}", "{{ missing() }}",
    "{{ missing ~ 'a' }}|{{ missing | length }}|{{ missing == other }}|{{ missing in [1] }}|{{ [missing] }}|{{ missing | list }}|{{ missing | first is defined }}",
    "{{ missing | int }}", "{{ missing < 1 }}", "{{ -missing }}", "{{ missing | tojson }}", "{{ missing | abs }}", "{{ missing | indent }}", "{{ nothing | items }}", "{{ nothing | list }}",
    "{{ {true: 'a', 1.0: 'b', none: 'c'} }} {{ {1: 'a'}[true] }} {{ {1: 'a', none: 2, true: 3, 1.5: 4} | tojson }} {{ {(1, 2): 3}[1, 2] }}", "{{ {[1]: 2} }}", "{{ {(1, 2): 3} | tojson }}",
    "{{ word[0] }}{{ word[-1] }}{{ word[6] }}{{ word[::-1] }}{{ word[true] }}{{ list[-1:0:-1] }}{{ (1, 2, 3)[:2] }}{{ list[1.0] is defined }}{{ dict[[1]] is defined }}",
    "{{ n is defined if yes }}", "{{ 1 is odd not in [1] }}", "{{ n if yes else x if no else 1 }}", "{% if n if yes %}{% endif %}", "{% for x in list if x %}{{ x }}{% endfor %}",
    "{% if no %}{{ n | nofilter }}{% endif %}lazy", "{% if no %}{% for x in list %}{{ x | nofilter }}{% endfor %}{% endif %}", "{{ 1 if yes else n | nofilter }}", "{% for x in [] %}{{ x | nofilter }}{% endfor %}",
    "{% set true = 1 %}", "{% set a.b = 1 %}", "{% set ns = namespace() %}{% set ns.a, b = 1, 2 %}{{ ns.a }}{{ b }}", "{% set a %}{% endset %}", "{% with a = 1, b = n %}{{ a }}{{ b }}{% endwith %}",
    "{{ 'a' ; 'b' }}", "{{ ] }}", "{{ (1] }}", "{{ 'a", "{{ {'a': 1 }}", "{% raw %}", "{# x", "{{ a.1b }}", "{{ 08 }}", "{% end %}", "{% do list %}", "{% autoescape false %}{% endautoescape %}",
    "{{ '{:>8}|{:,}|{:.2f}|{!r}|{a[b]}|{:{w}}'.format('a', 1234567, 3.14159, 'q', 5, a={'b': 1}, w=4) }} {{ '{0.real}{0}'.format(5) }} {{ '{a}'.format_map({'a': 1}) }}",
    "{{ '%.2f|%02d|%(a)s' % 3 }}", "{{ '%(a)s %(b)05.1f' % {'a': 1, 'b': 2} }} {{ '%*d|%-5s|%+d|%x|%%|%c|%r' % (5, 3, 'ab', 4, 255, 'z', 'é\u00ad') }}", "{{ '{} {0}'.format(1) }}", "{{ '{'.format(1) }}", "{{ '%d' % 'a' }}", "{{ '%s' % () }}", "{{ '%s' % (1, 2) }}",
]
SPECIFICATIONS = ["", "d", "5d", "<5", "^7", "+", "+.2f", ",", "_", ",.2f", "08.3f", "x", "#b", "e", ".3g", "%", "*^9", "=+6", "010,", ".2", "c", "#o", "-", "G", " d", "z.1f", "_x"]
PLACES = ["d", "5d", "-5d", "+d", "05d", "s", "-5s", ".2s", "r", "f", ".2f", "8.3f", ".3e", "g", ".3g", "X", "#x", "c", "i", "a", "08.2f"]
NUMBERS = ["0", "-7", "1234567", "2.5", "-1234.5678", "0.00001234", "1e20", "'ab'", "true", "large", "100.0", "-0.0"]
ATOMS = ["text", "word", "n", "x", "nothing", "missing", "list", "words", "dict", "people", "unprintable", "large", "'abc'", "(1, 'x')", "range(4)", "{}", "dict.items()", "words | map('upper')"]
FILTERS = ["abs", "batch(2, '-') | list", "capitalize", "center(9)", "d('q')", "dictsort(by='value')", "e", "filesizeformat", "first", "float", "indent", "int(5)", "join('-')", "last", "length", "list", "map('length') | list", "map(attribute='age', default=0) | list", "max", "min", "reject | list", "replace('a', 'bb')", "reverse | list", "round(1)", "select('string') | list", "slice(2) | list", "sort", "string", "sum", "title", "tojson(indent=1)", "trim('ac')", "unique | list", "upper", "urlencode", "wordcount"]
METHODS = ["count('a')", "endswith('c')", "find('l', 1, -1)", "isalnum()", "isprintable()", "islower()", "join(['x', 'y'])", "ljust(8, '.')", "partition(' ')", "replace('', '_', 2)", "rsplit(None, 1)", "split()", "split(maxsplit=1)", "splitlines()", "strip('a ')", "swapcase()", "zfill(6)", "keys()", "get('a')", "index(1)", "nosuch", "nosuch()"]
TESTS = ["defined", "none", "boolean", "integer", "number", "string", "mapping", "iterable", "sequence", "callable", "lower", "odd", "divisibleby(2)", "gt(1)", "in([1, 'abc'])", "sameas(none)"]
OPERATORS = ["+", "-", "*", "/", "//", "%", "**", "~", "==", "<", ">=", "in", "and", "or"]


def expressions() -> list:
    choice = random.Random(SEED)
    made = [f"{{{{ '{{:{s}}}'.format({v}) }}}}" for s in SPECIFICATIONS for v in choice.sample(NUMBERS, 5)]
    made += [f"{{{{ '%{p}' % {v} }}}}" for p in PLACES for v in choice.sample(NUMBERS, 5)]
    made += [f"{{{{ ({a}) | {f} }}}}" for f in FILTERS for a in choice.sample(ATOMS, 7)]
    made += [f"{{{{ ({a}).{m} }}}}" for m in METHODS for a in choice.sample(ATOMS, 6)]
    made += [f"{{{{ ({a}) is {t} }}}}" for t in TESTS for a in choice.sample(ATOMS, 5)]
    made += [f"{{{{ ({a}) {o} ({b}) }}}}" for o in OPERATORS for a in choice.sample(ATOMS, 4) for b in choice.sample(ATOMS, 3)]
    return made


def rendered(template: str) -> dict:
    try:
        text = chat_template_utils._compile_jinja_template(template).render(**copy.deepcopy(VARIABLES))
    except Exception as error:
        return {"template": template, "error": type(error).__name__}
    return {"template": template, "error": "an address"} if " at 0x" in text else {"template": template, "text": text}


def write(root: Path) -> None:
    path = root / "golden/chat_expressions.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(rendered(template), ensure_ascii=True) for template in [*CASES, *expressions()]]
    path.write_text('{"variables": ' + json.dumps(VARIABLES) + ',\n"expressions": [\n' + ",\n".join(lines) + "\n]}\n", encoding="utf-8")
