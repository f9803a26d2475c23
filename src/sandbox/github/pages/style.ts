/** The pages' only style sheet: as quiet and as close to a pull request page as people expect. */
export const STYLE = `
:root{--fg:#1f2328;--muted:#59636e;--line:#d1d9e0;--soft:#f6f8fa;--link:#0969da;--green:#1a7f37;--red:#d1242f;
--amber:#9a6700;--purple:#8250df;--btn:#1f883d;color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:#fff;color:var(--fg);font:14px/1.5 -apple-system,BlinkMacSystemFont,"Segoe UI","Noto Sans",
Helvetica,Arial,sans-serif,"Noto Color Emoji"}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
code,pre,.mono{font-family:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace}
header.top{background:var(--soft);border-bottom:1px solid var(--line);padding:14px 32px;display:flex;align-items:center;gap:12px}
header.top .crumb{font-size:15px}header.top .crumb a{color:var(--fg)}header.top .crumb b a{font-weight:600}
header.top .note{margin-left:auto;color:var(--muted);font-size:12px}
.mark{width:26px;height:26px;border-radius:50%;background:#24292f;color:#fff;display:grid;place-items:center;font-weight:700;font-size:13px}
main{max-width:1216px;margin:0 auto;padding:24px 32px 80px}
.grid{display:grid;grid-template-columns:minmax(0,1fr) 272px;gap:32px}
h1.title{font-size:30px;font-weight:400;line-height:1.25;margin:0 0 8px}h1.title span{color:var(--muted);font-weight:300}
.meta{display:flex;align-items:center;gap:8px;color:var(--muted);padding-bottom:16px}
.meta code,.branch{background:#ddf4ff;color:var(--link);border-radius:6px;padding:2px 6px;font-size:12px}
.state{display:inline-flex;align-items:center;gap:6px;color:#fff;border-radius:99px;padding:5px 12px;font-weight:500;font-size:14px}
.state svg{fill:#fff}.state.open{background:var(--btn)}.state.closed{background:var(--red)}.state.merged{background:var(--purple)}
.state.draft{background:#59636e}
nav.tabs{display:flex;gap:4px;border-bottom:1px solid var(--line);margin-bottom:24px}
nav.tabs a{color:var(--fg);padding:8px 14px;border:1px solid transparent;border-bottom:0;margin-bottom:-1px;border-radius:6px 6px 0 0}
nav.tabs a:hover{text-decoration:none;background:var(--soft)}
nav.tabs a.on{border-color:var(--line);background:#fff;font-weight:600}
.count{background:#eaeef2;border-radius:99px;padding:1px 7px;font-size:12px;font-weight:500;margin-left:4px}
.row{display:grid;grid-template-columns:40px minmax(0,1fr);gap:16px;margin-bottom:16px;position:relative}
.row:before{content:"";position:absolute;left:72px;top:0;bottom:-16px;width:2px;background:#e7ebef;z-index:-1}
.face img{border-radius:50%;display:block}
.box{border:1px solid var(--line);border-radius:6px;background:#fff}
.box>.head{background:var(--soft);border-bottom:1px solid var(--line);border-radius:6px 6px 0 0;padding:8px 16px;color:var(--muted);
display:flex;align-items:center;gap:6px}
.box>.head b{color:var(--fg)}.tag{border:1px solid var(--line);border-radius:99px;padding:0 7px;font-size:12px;color:var(--muted)}
.head .tag:first-of-type{margin-left:auto}
.head .bot{margin-left:0!important}
.event{display:flex;align-items:center;gap:8px;margin:0 0 16px 56px;color:var(--muted);position:relative}
.event .end svg{vertical-align:-3px}.event b{color:var(--fg)}.event:before{content:"";position:absolute;left:16px;top:-8px;bottom:-24px;width:2px;background:#e7ebef;z-index:-1}
.event .dot{width:34px;height:34px;border-radius:50%;background:#eaeef2;display:grid;place-items:center;border:2px solid #fff;flex:none}
.event .dot svg{fill:var(--muted)}.event .dot.merged{background:var(--purple)}.event .dot.merged svg{fill:#fff}
.event .dot.closed{background:var(--red)}.event .dot.closed svg{fill:#fff}
.md{padding:16px;overflow-wrap:break-word}.md>:first-child{margin-top:0}.md>:last-child{margin-bottom:0}
.md h1,.md h2,.md h3,.md h4,.md h5,.md h6{margin:24px 0 12px;line-height:1.25;font-weight:600}
.md h1{font-size:26px}.md h2{font-size:21px}.md h1,.md h2{border-bottom:1px solid #d1d9e0b3;padding-bottom:.3em}.md h3{font-size:17.5px}
.md p,.md ul,.md ol,.md table,.md pre,.md blockquote,.md details{margin:0 0 14px}.md ul,.md ol{padding-left:28px}.md li+li{margin-top:4px}
.md li.task{list-style:none;margin-left:-20px}.md table{border-collapse:collapse;display:block;overflow:auto;width:max-content;max-width:100%}
.md th,.md td{border:1px solid var(--line);padding:6px 13px;text-align:left;vertical-align:top}
.md .right{text-align:right}.md .center{text-align:center}
.md th{font-weight:600}.md tbody tr:nth-child(2n){background:var(--soft)}
.md code{background:#818b981f;border-radius:6px;padding:.2em .4em;font-size:85%}.md sub{color:var(--muted);font-size:12px;vertical-align:baseline}
pre.code{background:var(--soft);border-radius:6px;padding:14px 16px;overflow:auto;font-size:12px;line-height:1.45}
.md pre.code code{background:none;padding:0;font-size:100%}
pre .k{color:#cf222e}pre .s{color:#0a3069}pre .c{color:#59636e}pre .add{color:#116329;background:#dafbe1}pre .del{color:#82071e;background:#ffebe9}
.md blockquote{border-left:4px solid var(--line);color:var(--muted);padding:0 1em}.md hr{border:0;height:4px;background:var(--line)}
.md summary{cursor:pointer}.md details[open]>summary{margin-bottom:10px}
.alert{border-left:4px solid;padding:8px 16px;margin-bottom:14px}.alert p{margin:0}.alert-title{font-weight:600;display:block}
.alert-note{border-color:var(--link)}.alert-note .alert-title{color:var(--link)}.alert-tip{border-color:var(--green)}
.alert-tip .alert-title{color:var(--green)}.alert-important{border-color:var(--purple)}.alert-important .alert-title{color:var(--purple)}
.alert-warning{border-color:var(--amber)}.alert-warning .alert-title{color:var(--amber)}
.alert-caution{border-color:var(--red)}.alert-caution .alert-title{color:var(--red)}
.mention{font-weight:600}
.reactions{padding:0 16px 12px;display:flex;gap:6px}.reactions span{border:1px solid #54aeff66;background:#ddf4ff;border-radius:99px;padding:1px 9px;font-size:13px}
.icon{display:inline-grid;place-items:center;flex:none}.icon svg{display:block}
.i-success svg{fill:var(--green)}.i-failure svg{fill:var(--red)}.i-action_required svg,.i-pending svg{fill:#bf8700}.i-neutral svg,.i-branch svg{fill:var(--muted)}
.merge-box .section{padding:14px 16px;border-bottom:1px solid var(--line)}.merge-box .section{border-bottom:0}.merge-box .section~.section{border-top:1px solid var(--line)}
.box>.check:first-child{border-top:0}.box>pre.code{margin:0;background:none}
.headline{display:flex;gap:12px;align-items:flex-start}.headline h3{margin:0;font-size:16px;font-weight:600}.headline p{margin:0;color:var(--muted)}
.big{width:32px;height:32px;border-radius:50%;color:#fff;background:#59636e}.big svg{fill:#fff!important}
.big.merged{background:var(--purple)}.big.success{background:var(--btn)}.big.failure{background:var(--red)}.big.action_required,.big.pending{background:#bf8700}
.check{border-top:1px solid var(--line)}.check>summary{list-style:none;cursor:pointer;display:flex;align-items:center;gap:10px;padding:10px 16px}
.check>summary::-webkit-details-marker{display:none}.check>summary:hover{background:var(--soft)}
.check .face img{border-radius:5px}.check .what{min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.check .what b{font-weight:600}.check .what span{color:var(--muted)}.check .must{margin-left:auto}.check .more{color:var(--muted);font-size:12px}
.check .push{margin-left:auto}
.buttons{display:flex;gap:8px;padding:0 16px 12px 70px;flex-wrap:wrap;align-items:center}.rerun{padding:0 16px 12px 66px}.check-body{border-top:1px solid var(--line);background:#fff}
.check-body h4{margin:0;padding:14px 16px 0 70px;font-size:16px}.check-body .md{padding-left:70px}.check-body .md+.md{border-top:1px dashed var(--line)}
.btn{font:500 14px/20px inherit;font-family:inherit;border:1px solid var(--line);background:var(--soft);color:var(--fg);border-radius:6px;padding:5px 14px;cursor:pointer}
.btn:hover{background:#eff2f5}.btn.primary{background:var(--btn);border-color:#1f232826;color:#fff}.btn.primary:hover{background:#1c8139}
.btn.small{font-size:12px;padding:2px 10px}.btn:disabled{opacity:.55;cursor:not-allowed}.btn.link{border:0;background:none;color:var(--link);padding:2px 4px}
form{margin:0}form.inline{display:inline-flex;gap:8px;align-items:center}
select,textarea,input[type=text]{font:inherit;border:1px solid var(--line);border-radius:6px;padding:5px 10px;background:#fff;color:inherit}
textarea{width:100%;min-height:96px;display:block;background:var(--soft)}textarea:focus,select:focus{outline:2px solid var(--link);outline-offset:-1px;background:#fff}
.compose .body{padding:12px 16px}.compose .foot{display:flex;justify-content:flex-end;gap:8px;margin-top:10px}
aside section{border-bottom:1px solid var(--line);padding:0 0 16px;margin-bottom:16px}aside h4{margin:0 0 8px;color:var(--muted);font-size:12px;font-weight:600}
aside select{width:100%}aside .small{color:var(--muted);font-size:12px}
.hooks{list-style:none;margin:0;padding:0;font-size:12px}.hooks li{display:flex;align-items:center;gap:6px;padding:2px 0}.hooks form{margin-left:auto}
.hooks .name{min-width:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.pip{width:8px;height:8px;border-radius:50%;background:#8c959f;flex:none}.pip.ok{background:var(--green)}.pip.bad{background:var(--red)}
.file{margin-bottom:16px;overflow:hidden}.file>summary{background:var(--soft);padding:8px 14px;cursor:pointer;display:flex;gap:10px;font-size:12px}
.file>summary .mono{font-weight:600}.stat{margin-left:auto}.plus{color:var(--green);font-weight:600}.minus{color:var(--red);font-weight:600}
table.diff{border-collapse:collapse;width:100%;font-size:12px;line-height:20px;border-top:1px solid var(--line)}
table.diff td{padding:0 10px;white-space:pre-wrap;word-break:break-word;vertical-align:top}
table.diff .num{width:44px;text-align:right;color:var(--muted);user-select:none;padding:0 8px}
table.diff .a td{background:#dafbe1}table.diff .a .num{background:#aceebb}table.diff .d td{background:#ffebe9}table.diff .d .num{background:#ffcecb}
table.diff .h td{background:#ddf4ff;color:var(--muted);padding:4px 10px}
.emoji{width:1em;height:1em;vertical-align:-.13em}
.list{list-style:none;margin:0;padding:0}.list li{display:flex;align-items:center;gap:10px;padding:10px 16px;border-top:1px solid var(--line)}
.list li:first-child{border-top:0}.list .t{font-weight:600;font-size:15px;color:var(--fg)}.list .m{color:var(--muted);font-size:12px}.list .end{margin-left:auto}
.empty{color:var(--muted);padding:24px;text-align:center}.spaced{margin-bottom:24px}h2.part{font-size:20px;font-weight:600;margin:0 0 12px}
.problem{border:1px solid #ff818266;background:#ffebe9;border-radius:6px;padding:10px 16px;margin-bottom:16px}
@media(max-width:900px){.grid{grid-template-columns:1fr}.event{margin-left:0}}
`;
