// The report site in a real browser: `make browser [SITE=<folder>] [PAGES=all]`.
//
// Every page that is looked at must meet the rules of axe-core for WCAG 2.2 A and AA, and its good
// practice, with every part unfolded, on a wide screen and on one of 320 pixels; must not be wider
// than the screen; must ask for no file outside the site; and must let the keyboard reach every
// link and every part that scrolls. PICTURES=<folder> keeps a picture of each.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import puppeteer from 'puppeteer-core';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const WIDTHS = [1280, 320];
// Of pages that are many and alike one in so many is looked at, unless all are asked for.
const ONE_IN = 25;

const site = path.resolve(process.argv[2]);
const everyPage = process.env.PAGES === 'all';
const pictures = process.env.PICTURES;
const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

async function browserToUse() {
  if (process.env.CHROME_PATH) return { executablePath: process.env.CHROME_PATH, env: process.env };
  // The package holds a whole browser and, for machines without them, its libraries; it unpacks
  // those only where this says so.
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs22.x';
  const { default: chromium } = await import('@sparticuz/chromium');
  const executablePath = await chromium.executablePath();
  const libraries = path.join(path.dirname(executablePath), 'al2023', 'lib');
  return { executablePath, env: { ...process.env, LD_LIBRARY_PATH: libraries } };
}

function pagesToLookAt(folder) {
  const found = fs.readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.html')).sort();
  const seen = {};
  return found.filter((name) => {
    const kind = path.dirname(name);
    seen[kind] = (seen[kind] ?? -1) + 1;
    const isAlike = kind.includes(path.sep);
    return everyPage || !isAlike || seen[kind] % ONE_IN === 0;
  });
}

async function look(browser, name, width) {
  const page = await browser.newPage();
  const outside = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(`file://${site}/`)) outside.push(request.url());
  });
  await page.setBypassCSP(true); // The page forbids scripts; axe is one.
  await page.setViewport({ width, height: 900 });
  await page.goto(`file://${path.join(site, name)}`);
  if (pictures) {
    const file = path.join(pictures, `${name.replaceAll(path.sep, '-')}-${width}.png`);
    await page.screenshot({ path: file, fullPage: true });
  }
  await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
  await page.evaluate(axe);
  const { violations } = await page.evaluate(
    (rules) => window.axe.run(document, { runOnly: rules, resultTypes: ['violations'] }),
    RULES,
  );
  const facts = await page.evaluate(() => ({
    width: document.documentElement.scrollWidth,
    unreachable: [...document.querySelectorAll('a[href], summary, .wide')].filter((e) => e.tabIndex < 0).length,
  }));
  await page.close();
  return [
    ...violations.map((v) => `${v.id} (${v.impact}), ${v.nodes.length} times: ${v.nodes[0].html.slice(0, 160)}`),
    ...outside.map((url) => `asks for ${url}`),
    ...(facts.width > width ? [`is ${facts.width} pixels wide`] : []),
    ...(facts.unreachable ? [`${facts.unreachable} parts that the keyboard cannot reach`] : []),
  ];
}

const { executablePath, env } = await browserToUse();
const browser = await puppeteer.launch({ executablePath, env, headless: 'shell', args: ['--no-sandbox', '--disable-gpu'] });
const names = pagesToLookAt(site);
let faults = 0;
for (const name of names) {
  for (const width of WIDTHS) {
    for (const fault of await look(browser, name, width)) {
      faults += 1;
      console.log(`${name} at ${width}: ${fault}`);
    }
  }
}
await browser.close();
console.log(`${names.length} pages looked at, ${WIDTHS.join(' and ')} pixels wide: ${faults} faults.`);
process.exitCode = faults || !names.length ? 1 : 0;
