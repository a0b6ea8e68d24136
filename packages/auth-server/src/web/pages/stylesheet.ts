import { hash } from "node:crypto";

/** The one stylesheet, inline and allowed by its hash: no request, no cache, no script. */
export const stylesheet = `
:root{color-scheme:light dark;--ink:#1d2330;--soft:#5b6475;--paper:#fff;--ground:#f2f4f8;--line:#dde2ea;--accent:#1f5fbf;--accent-ink:#fff;--warn:#8a4b00;--warn-ground:#fff4e0;--warn-line:#f0cd94}
@media(prefers-color-scheme:dark){:root{--ink:#e8ebf2;--soft:#a0a9ba;--paper:#1b2029;--ground:#12151b;--line:#303744;--accent:#7db0ff;--accent-ink:#0c1420;--warn:#ffcf87;--warn-ground:#33270f;--warn-line:#5f4a1e}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1.5rem;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main{width:100%;max-width:30rem;padding:2rem;background:var(--paper);border:1px solid var(--line);border-radius:14px;box-shadow:0 8px 30px rgb(0 0 0/.06)}
h1{margin:0 0 .75rem;font-size:1.35rem;line-height:1.3;overflow-wrap:anywhere}
p{margin:0 0 1rem}
.brand{margin:0 0 1.25rem;color:var(--soft);font-size:.85rem;letter-spacing:.02em}
.soft{color:var(--soft);font-size:.9rem}
ul{margin:0 0 1.25rem;padding:0;list-style:none;border:1px solid var(--line);border-radius:10px}
li{padding:.65rem .9rem}
li+li{border-top:1px solid var(--line)}
dl{margin:0 0 1.25rem;display:grid;grid-template-columns:auto 1fr;gap:.35rem 1rem;font-size:.92rem}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
.tag{display:inline-block;padding:.05rem .5rem;border:1px solid var(--warn-line);border-radius:99px;background:var(--warn-ground);color:var(--warn);font-size:.85rem}
.warning{padding:.75rem .9rem;border:1px solid var(--warn-line);border-radius:10px;background:var(--warn-ground);color:var(--warn);font-size:.92rem}
code{padding:.1rem .35rem;border-radius:6px;background:var(--ground);font:.92em ui-monospace,"Cascadia Mono",Menlo,Consolas,monospace;overflow-wrap:anywhere}
.url{display:block;margin:0 0 1rem;padding:.8rem 1rem;border:1px solid var(--line);border-radius:10px;font-size:1rem;user-select:all}
form{display:flex;gap:.75rem;margin:0}
button,.button{flex:1;padding:.7rem 1rem;border:1px solid var(--line);border-radius:10px;background:transparent;color:var(--ink);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
button.primary,.button.primary{border-color:var(--accent);background:var(--accent);color:var(--accent-ink)}
button:focus-visible,a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
a{color:var(--accent)}
.actions{display:flex;gap:.75rem;margin:1.25rem 0 0}
`;

/** The CSP source that allows exactly this stylesheet. */
export const stylesheetSource = `'sha256-${hash("sha256", stylesheet, "base64")}'`;
