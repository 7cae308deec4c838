/** The page's style. Every pair of colours has the contrast of WCAG AA, and no meaning is in a colour alone. */
export const STYLE = `
:root{color-scheme:light dark;--back:#fbfbfa;--card:#fff;--text:#1b1f24;--soft:#505963;--line:#d5d9de;--link:#0b57b0;
--good:#0d6b36;--good-back:#e3f4e8;--bad:#b3151d;--bad-back:#fdeaea;--doubt:#7a4d00;--doubt-back:#fdf1d8;--none:#505963;--none-back:#eef0f2;
--translated:#6b2fa0;--translated-back:#f1e8fa}
@media (prefers-color-scheme:dark){:root{--back:#12151a;--card:#1a1f26;--text:#e8ebef;--soft:#a9b3bf;--line:#38414c;--link:#8ab8ff;
--good:#7fdca0;--good-back:#14301f;--bad:#ff9a9a;--bad-back:#3c191c;--doubt:#f2c56b;--doubt-back:#35290f;--none:#a9b3bf;--none-back:#262c34;
--translated:#d3b0f5;--translated-back:#2f2040}}
*{box-sizing:border-box}
html{scroll-padding-top:.75rem}
body{margin:0;background:var(--back);color:var(--text);font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;overflow-wrap:break-word}
header,main{max-width:1180px;margin:0 auto;padding:0 1.25rem}
header{display:flex;flex-wrap:wrap;gap:.15rem 1.5rem;justify-content:space-between;align-items:baseline;padding-top:.6rem;font-size:.85rem;color:var(--soft)}
header p{margin:0}header b{color:var(--text)}nav{display:flex;flex-wrap:wrap;gap:0 .9rem}
a{color:var(--link)}a:focus-visible,summary:focus-visible,select:focus-visible,input:focus-visible,button:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:.5rem;top:.5rem;background:var(--card);padding:.5rem;z-index:2}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
h1,h2,h3,h4,p,ul,ol,dl,dd,figure,pre{margin:0}
h1{font-size:1.7rem;line-height:1.2;letter-spacing:-.01em}h2{font-size:1.2rem;margin-bottom:.5rem}h3{font-size:1rem;margin:1.1rem 0 .35rem}h4{font-size:.95rem;font-weight:600}
section{margin:2.2rem 0}section.first{margin-top:.7rem}
code,pre,.address{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.85em}
pre{white-space:pre-wrap;overflow-wrap:anywhere}
.verdict{display:flex;flex-wrap:wrap;gap:.2rem 2rem;justify-content:space-between;align-items:center;padding:.75rem 1.1rem;border:1px solid;border-left-width:8px;border-radius:8px;margin-bottom:.8rem}
.good{color:var(--good);background:var(--good-back)}.bad{color:var(--bad);background:var(--bad-back)}.doubt{color:var(--doubt);background:var(--doubt-back)}.none{color:var(--none);background:var(--none-back)}
.mark{font-weight:700}.mark.bad{background:none}.counts{color:var(--text);font-size:.9rem}.counts a{color:inherit}
.columns{display:grid;grid-template:"cause broken" auto "more broken" 1fr/minmax(0,1.15fr) minmax(0,1fr);gap:.7rem .9rem;align-items:start}.columns .cause{grid-area:cause}.columns .broken{grid-area:broken}.columns .more{grid-area:more}.further[open] summary{font-weight:600}.further[open] .says{display:none}
.card,.broken{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.8rem 1.1rem}.card+.card,.more .card{margin-top:.7rem}.columns .more .card:first-child{margin-top:0}.card summary{padding:0}
.card h2,.broken h2{font-size:.8rem;text-transform:uppercase;letter-spacing:.06em;color:var(--soft);margin-bottom:.3rem}
.card p+p,.card pre,.card .look,.card .explains{margin-top:.5rem}.says{font-size:1.08rem;font-weight:600}.card b{color:var(--soft);font-size:.85rem;font-weight:600}.likely{color:var(--doubt)}
.card pre.seen{background:var(--none-back);border-radius:6px;padding:.5rem .7rem;white-space:pre-wrap}
.command{display:block;background:var(--none-back);border-radius:6px;padding:.3rem .6rem;margin-top:.25rem;overflow-wrap:anywhere}
.intact,.hint,.level{color:var(--soft);font-size:.88rem}
.broken ul{list-style:none;padding:0}.broken li{display:grid;grid-template-columns:2.6rem 1fr;padding:.3rem 0;border-top:1px solid var(--line)}.broken li:first-child{border-top:0}
.broken li:nth-child(n+9){font-size:.92em}.id{font-weight:700;font-variant-numeric:tabular-nums}.who{display:block;color:var(--soft);font-size:.88rem}
.wide{overflow-x:auto;max-width:100%}
svg{display:block;width:100%;min-width:760px;height:auto;font-family:inherit}svg text{fill:var(--text);font-size:13px}
.map .box{fill:var(--card);stroke:var(--line);stroke-width:1.2}.map .pod{fill:var(--back)}.map .service{stroke-dasharray:5 4}.map .involved{stroke:var(--bad);stroke-width:1.8}
.map .title{font-weight:600}.map .address,.map .label .address{font:11px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}.map text.hint{fill:var(--soft);font-size:12px}
.map .bus{stroke:var(--soft);stroke-width:2}.map .wire{stroke:var(--line);stroke-width:1.5}.map .red{fill:none;stroke:var(--bad);stroke-width:3;stroke-linejoin:round;stroke-dasharray:9 3}
.map circle{fill:var(--bad)}.map .number{fill:var(--card);font-size:11px;font-weight:700}.map .label .says{font-size:12px;font-weight:600}.map .label text:not(.number){paint-order:stroke;stroke:var(--back);stroke-width:5px;stroke-linejoin:round}.map .wrong{fill:var(--bad)!important;font-weight:700!important}
.hops{padding-left:1.3rem;margin-top:.6rem}.wrong{color:var(--bad)}.other{color:var(--bad);text-decoration:underline}
table{border-collapse:collapse;font-size:.88rem}caption{text-align:left;font-weight:600;padding:.9rem 0 .35rem}th,td{padding:.3rem .55rem;border:1px solid var(--line);text-align:left;vertical-align:top}th{font-weight:600}thead th{background:var(--none-back)}
.matrix td{text-align:center;white-space:nowrap}.matrix small{display:block;font-size:.8em}.narrow td{padding:.15rem .35rem}.narrow thead th{writing-mode:vertical-rl}.matrix tbody th{position:sticky;left:0;background:var(--card)}
.cell.ok{background:var(--good-back);color:var(--good)}.cell.translated{background:var(--translated-back);color:var(--translated);font-weight:700}.cell.unreachable{background:var(--bad-back);color:var(--bad);font-weight:700}
.cell.wrong{background:var(--doubt-back);color:var(--doubt);font-weight:700}.cell.not-tested{color:var(--soft)}
.legend{display:flex;flex-wrap:wrap;gap:.35rem .6rem;align-items:center;font-size:.85rem}.key{border:1px solid var(--line);border-radius:4px;padding:.05rem .45rem}.told{min-height:1.5em;margin-top:.4rem;font-size:.9rem}
figure{margin-top:1.1rem}figcaption{margin-bottom:.35rem;font-size:.92rem}.timeline text{font-size:12px}.timeline .time{fill:var(--soft)}
.key.lane-ready{border-bottom:5px solid var(--good)}.key.lane-listed{border-bottom:3px solid var(--doubt)}.key.lane-answer{border-bottom:5px solid var(--soft)}.key.lane-lost{border-bottom:5px solid var(--bad)}
rect.lane-ready{fill:var(--good)}rect.lane-listed{fill:var(--doubt)}rect.lane-answer{fill:var(--soft)}rect.lane-lost{fill:var(--bad)}
#untested dl>div{padding:.5rem 0;border-top:1px solid var(--line)}#untested dt{font-weight:600}dd b,dt{color:inherit}
.filters{display:flex;flex-wrap:wrap;gap:.5rem .9rem;align-items:end;padding:.6rem 0}.filters[hidden]{display:none}.filters label{display:grid;font-size:.8rem;color:var(--soft)}
select,input,button{font:inherit;font-size:.9rem;color:var(--text);background:var(--card);border:1px solid var(--soft);border-radius:6px;padding:.35rem .5rem;min-height:2.1rem;max-width:100%}select{max-width:16rem}::placeholder{color:var(--soft);opacity:1}
.promise{border-top:1px solid var(--line)}summary{cursor:pointer;padding:.45rem 0}.promise summary{display:flex;flex-wrap:wrap;gap:.15rem .6rem;align-items:baseline}.promise .what{flex:1;min-width:12rem}
.promise:target>summary{background:var(--none-back)}.badge{display:inline-block;border-radius:4px;padding:0 .45rem;font-size:.82rem;font-weight:600;white-space:nowrap}
.row{margin:.5rem 0 .8rem;padding-left:.9rem;border-left:3px solid var(--line)}.row>*+*{margin-top:.3rem}
.violation>div,.facts>div{display:grid;grid-template-columns:minmax(5rem,9rem) 1fr;gap:0 .7rem;padding:.12rem 0}.violation dt,.facts dt{color:var(--soft)}.facts dd{grid-column:2}.violation>div{grid-template-columns:5rem 1fr}
@media (max-width:760px){body{font-size:14px}header,main{padding-left:.8rem;padding-right:.8rem}nav{display:none}h1{font-size:1.3rem}.verdict{padding:.5rem .8rem;margin-bottom:.6rem}
.columns{grid-template:"cause" "broken" "more"/minmax(0,1fr);gap:.6rem}.card,.broken{padding:.6rem .8rem}.says{font-size:1rem}.card p+p,.card pre,.card .look{margin-top:.35rem}.violation>div,.facts>div{grid-template-columns:1fr}.facts dd{grid-column:1}}
@media print{.filters{display:none}}
`
