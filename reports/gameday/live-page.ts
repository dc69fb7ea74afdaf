import { asset, cspHash } from '../html/assets.ts';
import { Html, html } from '../html/template.ts';

/**
 * The live page of a game day: the same text for both audiences. What is on it comes from the server, by the secret in
 * the page's address. The policy lets the page's own style and script run, and talk to its own server alone.
 */
export function livePage(): { html: string; policy: string } {
  const style = `${asset('base.css')}\n${asset('live.css')}`;
  const script = asset('live.js');
  const policy = [
    "default-src 'none'",
    `style-src ${cspHash(style)}`,
    `script-src ${cspHash(script)}`,
    "connect-src 'self'",
    // An empty icon, so that the browser asks for none.
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>falldown game day</title>
<link rel="icon" href="data:,">
<style>${new Html(style)}</style>
</head>
<body>
<main class="page" id="main">
<header class="live-head"><h1 id="title">falldown game day</h1><span class="state" id="audience"></span><span class="state" id="clock"></span></header>
<noscript><p class="banner">This page is live and needs JavaScript. The terminal does without: falldown gameday status.</p></noscript>
<p class="banner" id="paused" role="status" hidden>Paused: hands off the keyboard. The clocks stand still.</p>
<p class="banner" id="ended" role="status" hidden>The session has ended.</p>
<p class="banner lost" id="lost" role="status" hidden>The session does not answer.</p>
<p id="briefing"></p>
<ul class="live-grid" id="panels" aria-label="Dashboard"></ul>
<div class="act" role="group" aria-label="What the crew tells the game">
<label>I am <select id="role"></select></label>
<button type="button" id="ack">Acknowledge: something is wrong</button>
<label>Cause <select id="cause"></select></label>
<button type="button" id="diagnose">Name this cause</button>
<button type="button" id="hint">Ask for a hint</button>
<output class="answer" id="answer"></output>
</div>
<div class="act" role="group" aria-label="The session" data-facilitator hidden>
<button type="button" id="pause">Pause</button>
<button type="button" id="finish">Finish</button>
<button type="button" id="abort">Abort</button>
</div>
<div class="live-columns">
<section hidden><h2>Said</h2><ul id="said"></ul></section>
<section hidden><h2>Hints</h2><ul id="hints"></ul></section>
<section data-facilitator hidden><h2>Clocks</h2><ol class="times" id="clocks" tabindex="0" aria-label="Clocks"></ol></section>
<section data-facilitator hidden><h2>What comes when</h2><ol class="times" id="plan" tabindex="0" aria-label="Plan"></ol></section>
<section data-facilitator hidden><h2>Score</h2><ul id="score"></ul></section>
<section data-facilitator hidden><h2>Wrong turns</h2><ol class="times" id="turns" tabindex="0" aria-label="Wrong turns"></ol></section>
<section data-facilitator hidden><h2>Timeline</h2><ol class="times" id="timeline" tabindex="0" aria-label="Timeline"></ol></section>
</div>
</main>
<script>${new Html(script)}</script>
</body>
</html>
`;
  return { html: page.text, policy };
}
