"""The style of a report's page: on a screen of any width, and on paper."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--fill:#f6f8fa;--link:#0550ae;--warn:#9a3412}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:1rem 1.25rem 3rem;background:#fff;color:var(--ink);
font:1rem/1.5 system-ui,"Noto Sans","Segoe UI",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.75rem;line-height:1.2;margin:.5rem 0 1rem}
h2{font-size:1.3rem;margin:2rem 0 .5rem;padding-bottom:.2rem;border-bottom:1px solid var(--line)}
h3{font-size:1.12rem;margin:1.5rem 0 .4rem}
h4,h5,h6{font-size:1rem;margin:1.2rem 0 .3rem}
h2 b,h3 b,h4 b,h5 b,h6 b,th b,dt b{font-weight:inherit}
a{color:var(--link)}
bdi{white-space:pre-wrap}
small{color:var(--soft);font-size:.875em}
em{color:var(--warn);font-style:normal}
[title]{text-decoration:none}
.p{margin:.5rem 0}
.context{font-size:.875rem;color:var(--soft)}
.context b{font-weight:500}
.note{color:var(--warn)}
.warning{margin:.5rem 0;padding:.5rem .75rem;border-inline-start:.3rem solid #c2410c;background:#fff7ed;
color:#7c2d12}
dl{margin:.5rem 0}
dl>div{display:grid;grid-template-columns:minmax(8rem,16rem) 1fr;gap:0 1rem;padding:.15rem 0;
border-bottom:1px solid #eef1f4}
dt{color:var(--soft)}
dd{margin:0;min-width:0}
header dl{padding:.5rem .75rem;background:var(--fill);border:1px solid var(--line);border-radius:.4rem}
header dl>div{border:0}
footer{margin-top:3rem;font-size:.875rem;color:var(--soft)}
footer h2{font-size:1rem;margin-top:1.5rem}
ul{margin:.5rem 0;padding-inline-start:1.25rem}
.wide{overflow-x:auto;margin:.75rem 0}
table{border-collapse:collapse;width:100%;font-size:.95rem}
caption{text-align:start;color:var(--soft);padding:.25rem 0}
th,td{padding:.35rem .5rem;border:1px solid var(--line);text-align:start;vertical-align:top}
thead th{background:var(--fill);font-weight:600}
tbody th{font-weight:500}
tbody tr:nth-child(even){background:#fbfcfd}
.matrix{width:auto}
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:1rem;margin:1rem 0}
figure{margin:0;min-width:0}
figure>a{display:block;background:#000;border-radius:.3rem;overflow:hidden;color:#fff;font-size:.875rem;
text-align:center}
img{display:block;width:100%;height:12rem;object-fit:contain}
svg{display:block;width:100%;height:12rem}
.under,.over{fill:none}
.under{stroke:#000;stroke-width:3.5}
.over{stroke:#ffd60a;stroke-width:1.75}
figcaption{font-size:.85rem;padding-top:.3rem}
details{font-size:.85rem;color:var(--soft)}
summary{cursor:pointer}
:target{background:#fff3bf}
.d1{margin-inline-start:1rem}
.d2{margin-inline-start:2rem}
.d3{margin-inline-start:3rem}
.d4{margin-inline-start:4rem}
.d5{margin-inline-start:5rem}
.d6{margin-inline-start:6rem}
.d7{margin-inline-start:7rem}
.d8{margin-inline-start:8rem}
@media (max-width:40rem){
body{padding:.75rem}
h1{font-size:1.4rem}
dl>div{grid-template-columns:1fr;padding:.3rem 0}
.gallery{grid-template-columns:repeat(auto-fill,minmax(9rem,1fr))}
.cards thead{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%)}
.cards,.cards tbody,.cards tr,.cards th,.cards td,.cards caption{display:block}
.cards tr{border:1px solid var(--line);margin-bottom:.6rem;padding:.3rem .5rem}
.cards th,.cards td{border:0;padding:.1rem 0}
.cards td[data-label]::before{content:attr(data-label) ": ";color:var(--soft)}
.cards td:empty{display:none}
.d1{margin-inline-start:.4rem}
.d2{margin-inline-start:.8rem}
.d3{margin-inline-start:1.2rem}
.d4{margin-inline-start:1.6rem}
.d5{margin-inline-start:2rem}
.d6{margin-inline-start:2.4rem}
.d7{margin-inline-start:2.8rem}
.d8{margin-inline-start:3.2rem}
}
@page{margin:18mm}
@media print{
body{max-width:none;padding:0;font-size:10.5pt}
a{color:inherit;text-decoration:none}
h1,h2,h3,h4,h5,h6{break-after:avoid}
figure,tr,dl>div,.warning{break-inside:avoid}
thead{display:table-header-group}
.wide{overflow:visible}
details::details-content{display:block;content-visibility:visible;block-size:auto}
:target{background:none}
}
"""
