import type { Browser, Page } from 'playwright-core';
import { exportRequest, type RecordedSession, sessionIdOf } from './recorded-span.ts';

/** A page with what went wrong in it: uncaught errors, and what its content security policy stopped. */
export interface WatchedPage {
  page: Page;
  problems: string[];
}

/** Opens an address in a browser context of its own. */
export async function openPage(
  browser: Browser,
  url: string,
  colorScheme: 'light' | 'dark' = 'light',
): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) problems.push(message.text());
  });
  await page.goto(url);
  return { page, problems };
}

/** Sends a session to a backend as OTLP, and returns the path of its page. */
export async function send(backend: string, session: RecordedSession, key?: string): Promise<string> {
  const response = await fetch(`${backend}/v1/traces`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify(exportRequest(session)),
  });
  if (!response.ok)
    throw new Error(`${backend} refused the session: ${response.status} ${await response.text()}`);
  return `/sessions/${sessionIdOf(session.traceId)}`;
}

/** The rows of the waterfall that are in the page: level and name of each. */
export function waterfallRows(page: Page): Promise<string[]> {
  return page
    .getByRole('treeitem')
    .evaluateAll((rows) =>
      rows.map((row) => `${row.getAttribute('aria-level')} ${row.querySelector('.span-name')?.textContent}`),
    );
}

/** The name of the selected row, once there is one. */
export async function selectedRow(page: Page): Promise<string | null> {
  return page.locator('[role=treeitem][aria-selected=true] .span-name').textContent();
}
