/** How the page is coloured. */
export type Theme = 'light' | 'dark';

const STORAGE_KEY = 'agentops.theme';
const systemDark = matchMedia('(prefers-color-scheme: dark)');

/** The theme in force: the reader's own choice, else the system's. */
export function currentTheme(): Theme {
  return chosenTheme() ?? systemTheme();
}

/** Chooses a theme for this browser. Choosing what the system has anyway means following the system again. */
export function chooseTheme(theme: Theme): void {
  if (theme === systemTheme()) localStorage.removeItem(STORAGE_KEY);
  else localStorage.setItem(STORAGE_KEY, theme);
  applyTheme();
}

/** Brings the page into the theme in force; the style sheet follows the system where no attribute says otherwise. */
export function applyTheme(): void {
  const chosen = chosenTheme();
  if (chosen === null) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

/** Calls `listener` when the system changes between day and night; returns how to stop it. */
export function onSystemThemeChange(listener: () => void): () => void {
  systemDark.addEventListener('change', listener);
  return () => systemDark.removeEventListener('change', listener);
}

function chosenTheme(): Theme | null {
  const stored = localStorage.getItem(STORAGE_KEY);
  return stored === 'light' || stored === 'dark' ? stored : null;
}

function systemTheme(): Theme {
  return systemDark.matches ? 'dark' : 'light';
}
