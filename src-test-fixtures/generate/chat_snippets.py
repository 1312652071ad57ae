"""Small templates for what chat templates use of Jinja and of Python, and the variables that they see."""

VARIABLES = {
    "text": "  Hello, <World>! \n", "word": "naïve 🙂 ÉCOLE", "empty": "", "n": 7, "x": 2.5, "tiny": 0.00001, "big": 1e20,
    "yes": True, "no": False, "nothing": None, "list": [3, 1, 2], "words": ["b", "A", "c", "a"],
    "nested": [[1, "a"], [2, "b"]], "dict": {"b": 1, "a": [1, None, True], "quote'": "it's", "get": 5},
    "people": [{"name": "Zoë", "age": 3, "in": {"city": "Bern"}}, {"name": "adam", "age": 2}, {"name": "Bob", "age": 3}],
}
VALUES = [
    "{{ yes }} {{ no }} {{ nothing }} {{ missing }} {{ n }} {{ x }} {{ tiny }} {{ big }} {{ 1.0 }} {{ 1e16 }} {{ 123456.789 }}",
    "{{ list }} {{ dict }} {{ nested }} {{ words }} {{ [] }} {{ {} }} {{ ['a\\n\\'\"', 1.5] }}",
    "{{ dict | tojson }} {{ people | tojson(indent=2) }} {{ word | tojson }} {{ word | tojson(ensure_ascii=true) }} {{ text | tojson }}",
    "{{ dict | tojson(sort_keys=true) }} {{ dict | tojson(separators=(',', ':')) }} {{ [] | tojson(indent=4) }} {{ big | tojson }} {{ 1.0 | tojson }}",
    "{{ missing is defined }} {{ nothing is defined }} {{ missing is none }} {{ nothing is none }} {{ missing is not none }} {{ not missing is defined }}",
    "{{ text is string }} {{ list is iterable }} {{ dict is mapping }} {{ n is number }} {{ yes is number }} {{ yes is boolean }} {{ yes is integer }} {{ x is float }}",
    "{{ text is iterable }} {{ missing is iterable }} {{ n is iterable }} {{ list is sequence }} {{ dict is sequence }} {{ yes is true }} {{ n is true }} {{ no is false }}",
    "{{ n is odd }} {{ n is even }} {{ n is divisibleby 7 }} {{ n is divisibleby(2) }} {{ n is eq 7 }} {{ 'a' is in 'cab' }} {{ 'abc' is lower }} {{ n is gt 3 }}",
    "{{ n == 7.0 }} {{ yes == 1 }} {{ '1' == 1 }} {{ empty == no }} {{ nothing == missing }} {{ list == [3, 1, 2] }} {{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 'a' < 'b' }}",
    "{{ 'b' in dict }} {{ 1 in list }} {{ 'ell' in text }} {{ 'z' not in words }} {{ missing in list }} {{ 'x' in missing }}",
    "{{ empty or 'other' }} {{ n and x }} {{ nothing or missing or 'z' }} {{ 'a' if empty else 'b' }} {{ 'a' if empty }}|{{ not empty and yes }}",
    "{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 % 3 }} {{ -7 % 3 }} {{ 7 / 2 }} {{ 4 / 2 }} {{ 2 ** 10 }} {{ 2 ** -1 }} {{ -2 ** 2 }} {{ 7.5 // 2 }} {{ 7.5 % 2 }} {{ n - 1 - 2 }}",
    "{{ 1 + 2 * 3 ~ 'a' ~ nothing ~ missing ~ yes }} {{ 'ab' * 3 }} {{ [1] + [2] }} {{ -n | abs }} {{ 3 - -2 }} {{ +n }} {{ (1, 2)[1] }} {{ 1_000 }}",
    "{{ word[0] }} {{ word[-1] }} {{ word[6] }} {{ word[::-1] }} {{ word[1:4] }} {{ list[::-1] }} {{ list[1:] }} {{ list[:-1] }} {{ list[-2:] }} {{ list[5:] }} {{ list[::2] }} {{ list[2:0:-1] }}",
    "{{ list[9] }}|{{ dict.missing }}|{{ dict['missing'] }}|{{ dict.b }} {{ dict['a'][0] }} {{ nested.0.1 }} {{ people[0].in.city }} {{ people[1].in is defined }}",
    "{{ dict.get('b') }} {{ dict.get('z') }} {{ dict.get('z', 4) }} {{ dict['get'] }} {{ dict.keys() | list }} {{ dict.values() | list }}",
    "{ {{ n }} } {{ {'a': 1}['a'] }} {{ {'a': {'b': 2} }['a'].b }} {%if n%}{n}{%endif%} { {%- if yes %}x{% endif %} {{ '}}' }} {{ \"it's\" }} {{ 'a' 'b' }}",
    "{{ '\\u00e9\\x41\\t|\\d\\\\' }} {{ \"\\\"\" }} {{ '' '' }}",
    "{{ range(3) | list }} {{ range(1, 4) | list }} {{ range(5, 0, -2) | list }} {% set d = namespace(a=1) %}{{ d.a }}",
    "{{ ''.__class__ }}|{{ dict.__class__ }}|{{ n.__class__ }}", "{{ nothing.x }}|",
]
METHODS = [
    "{{ text.strip() }}|{{ text.lstrip() }}|{{ text.rstrip() }}|{{ 'xxaxx'.strip('x') }}|{{ text | trim }}|{{ '--a-' | trim('-') }}|{{ 'abcba'.rstrip('ab') }}",
    "{{ 'a,b,,c'.split(',') }} {{ ' a  b '.split() }} {{ 'a,b,c'.split(',', 1) }} {{ 'a b c'.rsplit(' ', 1) }} {{ 'a b c'.split(None, 1) }} {{ 'a\\nb\\r\\nc'.splitlines() }} {{ 'a=b=c'.partition('=') | list }} {{ 'a=b=c'.rpartition('=') | list }}",
    "{{ 'Hello'.startswith('He') }} {{ 'Hello'.endswith(('x', 'lo')) }} {{ 'a-b'.replace('-', '+') }} {{ 'aaa'.replace('a', 'b', 2) }} {{ 'ab'.replace('', '-') }} {{ 'prefixed'.removeprefix('pre') }} {{ 'a.txt'.removesuffix('.txt') }}",
    "{{ word.upper() }} {{ word.lower() }} {{ \"they're bill's\".title() }} {{ 'hello wORLD'.capitalize() }} {{ 'hello wORLD-x' | title }} {{ 'hello wORLD' | capitalize }} {{ 'aB'.swapcase() }} {{ word | upper }}",
    "{{ '-'.join(words) }} {{ list | join(', ') }} {{ people | join('/', attribute='name') }} {{ 'abc' | join('.') }} {{ words | join }}",
    "{{ 'hello'.find('l') }} {{ 'hello'.rfind('l') }} {{ 'hello'.find('z') }} {{ 'hello'.index('e') }} {{ 'hello'.count('l') }} {{ '42'.isdigit() }} {{ ''.isdigit() }} {{ 'ab'.isalpha() }} {{ 'Ab'.isupper() }} {{ ' '.isspace() }} {{ '7'.zfill(3) }} {{ '7'.rjust(3) }}| {{ '7'.ljust(3, '.') }}",
    "{{ '%s is %d' % ('a', 3) }} {{ '%s' | format(list) }} {{ '{} {}'.format('a', 1) }} {{ '{0}{1}{0} {x}'.format('a', 'b', x=2) }} {{ '%s%%' % 5 }}",
]
FILTERS = [
    "{{ list | length }} {{ word | length }} {{ dict | count }} {{ missing | length }} {{ list | sort }} {{ words | sort }} {{ words | sort(case_sensitive=true) }} {{ list | sort(reverse=true) }} {{ people | sort(attribute='age') | map(attribute='name') | list }}",
    "{{ list | first }} {{ list | last }} {{ [] | first }}|{{ list | reverse | list }} {{ 'abc' | reverse }} {{ list | max }} {{ list | min }} {{ list | sum }} {{ people | sum(attribute='age') }} {{ words | unique | list }} {{ 'abc' | list }}",
    "{{ people | selectattr('age', 'equalto', 3) | map(attribute='name') | join(',') }} {{ people | rejectattr('in') | map(attribute='name') | list }} {{ people | selectattr('in', 'defined') | list | length }} {{ list | select('odd') | list }} {{ list | reject('gt', 1) | list }} {{ words | map('upper') | list }} {{ people | map(attribute='age', default='?') | list }}",
    "{{ missing | default('d') }} {{ empty | default('d') }}|{{ empty | default('d', true) }} {{ nothing | default('d') }} {{ missing | d(1) }} {{ '3' | int }} {{ 'x' | int(9) }} {{ '3.7' | float }} {{ 3.7 | int }} {{ 3.14159 | round(2) }} {{ 2.5 | round }} {{ 3 | string ~ 'a' }} {{ x | int }}",
    "{{ 'a\\nb\\n\\nc' | indent }}|{{ 'a\\nb' | indent(2, true) }}|{{ 'a\\n\\nb' | indent(1, blank=true) }} {{ '<a href=\"x\">' | escape }} {{ '<b>' | safe }} {{ 'a b c' | wordcount }} {{ 'a' | center(5) }}| {{ list | batch(2) | list }} {{ 'ab c' | urlencode }}",
    "{% for p in people | groupby('age') %}{{ p[0] }}:{{ p[1] | map(attribute='name') | join('+') }} {% endfor %}",
    "{{ strftime_now('%d %b %Y|%Y-%m-%d|%A %B %-d %H:%M:%S|%j %y %p %I %e %%') }}",
]
TAGS = [
    "{% for k, v in dict.items() %}{{ k }}={{ v }};{% endfor %} {% for k, v in dict | items %}{{ k }};{% endfor %} {% for k in dict %}{{ k }},{% endfor %} {% for k, v in dict | dictsort %}{{ k }}.{% endfor %}",
    "{% for i in list %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }} {{ loop.previtem }}<{{ loop.nextitem }} {{ loop.cycle('o', 'e') }} {% endfor %}",
    "{% for i in list if i > 1 %}{{ i }}{{ loop.index }}{{ loop.length }}{% else %}none{% endfor %} {% for i in [] %}{% else %}none{% endfor %} {% for a, b in nested %}{{ a }}{{ b }}{% endfor %} {% for i in range(5) if i is odd %}{{ i }}{% endfor %}",
    "{% for i in range(6) %}{% if i == 1 %}{% continue %}{% endif %}{% if i == 4 %}four{% break %}lost{% endif %}{{ i }}{% endfor %}{% for i in range(2) %}{% for j in range(3) %}{% if j == 1 %}{% break %}{% endif %}{{ i }}{{ j }} {% endfor %}{% endfor %}",
    "{% set v = 1 %}{% for i in list %}{{ v }}{% set v = i %}{{ v }}{% endfor %}{{ v }} {% if yes %}{% set v = 5 %}{% endif %}{{ v }} {% set ns = namespace(v=1, w='a') %}{% for i in list %}{% set ns.v = ns.v + i %}{% endfor %}{{ ns.v }}{{ ns.w }}{{ ns.z }}",
    "{% set a, b = 1, 2 %}{{ a }}{{ b }} {% set (c, d) = nested[0] %}{{ c }}{{ d }} {% set block %} in {{ a }} {% endset %}[{{ block }}] {% set up | upper %}abc{% endset %}{{ up }}",
    "{% macro f(a, b='x', c=none) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ f(1) }} {{ f(1, c=3) }} {{ f(b=2, a=1) }} {{ f() }} {% macro g(a) %}{{ a }}{{ varargs | list }}{{ kwargs }}{% endmacro %}{{ g(1) }} {{ g(1, k=2) }}",
    "{% macro down(k) %}{{ k }}{% if k > 0 %}{{ down(k - 1) }}{% endif %}{% endmacro %}{{ down(3) }} {% macro wrap(t) %}<{{ t }}>{{ caller() }}</{{ t }}>{% endmacro %}{% call wrap('b') %}body {{ n }}{% endcall %} {% macro each(l) %}{% for i in l %}{{ caller(i) }}{% endfor %}{% endmacro %}{% call(i) each(list) %}({{ i }}){% endcall %}",
    "{% set outer = 'o' %}{% macro see() %}{{ outer }}{{ inner }}{% endmacro %}{% for inner in list %}{{ see() }}{% endfor %} {% with w = 3, z = 4 %}{{ w }}{{ z }}{% endwith %}{{ w }} {% filter upper | trim %} abc {% endfilter %}!",
    "{% if nothing is none and n is defined and not (no or empty) %}ok{% elif yes %}no{% else %}no{% endif %}{% if missing %}no{% elif missing is undefined %}{% else %}no{% endif %}{% if '' %}no{% endif %}{% if 'false' %}yes{% endif %}{% if 0.0 %}no{% endif %}",
    "{% set l = [1, [2, [3]]] %}{% for x in l recursive %}{% if x is iterable %}[{{ loop(x) }}]{% else %}{{ x }}{% endif %}{% endfor %}",
    "{% generation %}a{{ n }}{% endgeneration %}b",
]
WHITESPACE = [
    "{% raw %}{{ not }} {% this %}{# nor this #}{% endraw %} {{ '{{' }} {{ '%}' }} {# a comment with {{ x }} #}end",
    "a\n{% if yes %}\n  b\n  {% endif %}\nc {% if yes %} d {% endif %} e\n   {# comment #}\n f {{ n }}\n\n{{ n }}\n",
    "a  {%- if yes -%}  b  {%- endif -%}  c\n  {{- n -}}  \n d \n{%+ if yes %} x{% endif +%}\n y {#- c -#}  z  \t{% if yes %}t{% endif %}\n",
    "{%- for m in people %}\n  {%- if loop.first %}\n    {{- 'first' }}\n  {%- endif %}\n{{ m.name }}\n{%- endfor %}\n\nend\n\n",
    "one\r\ntwo {% if yes %}\r\n  three\r\n{% endif %}four\r\n",
]
ERRORS = [
    "{{ missing.attribute }}", "{{ nothing + 1 }}", "{{ 'a' + 1 }}", "{{ list.append(4) }}", "{{ dict.update({}) }}",
    "{{ 1 / 0 }}", "{% for x in nothing %}{% endfor %}", "{{ n | nofilter }}", "{{ n is notest }}", "{% if %}{% endif %}",
    "{{ raise_exception('no ' ~ n) }}", "{{ 'a' < 1 }}", "{{ missing() }}", "{% set dict.b = 2 %}", "{{ range(1000000) }}",
    "{{ ''.__class__.__mro__ }}", "{{ namespace(_a=1) }}", "{{ nothing.x.y }}", "{% include 'x' %}", "{{ '%d' % 'a' }}",
    "{% if yes %}", "{% endif %}", "{% for x in list %}{% endif %}", "{{ 'open }}", "{{ (1 }}", "{{ n n }}", "{% nosuch %}",
    "{% break %}", "{% for a, b in list %}{% endfor %}", "{{ nothing | length }}", "{{ 3 | join }}", "{{ word[0:1:0] }}",
]
SNIPPETS = [*VALUES, *METHODS, *FILTERS, *TAGS, *WHITESPACE, *ERRORS]
