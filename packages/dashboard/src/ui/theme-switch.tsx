import { useEffect, useState } from 'react';
import { Icon } from './icon.tsx';
import { chooseTheme, currentTheme, onSystemThemeChange } from './theme.ts';

/** The button that changes between the dark and the light page. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(currentTheme);
  useEffect(() => onSystemThemeChange(() => setTheme(currentTheme())), []);
  const other = theme === 'dark' ? 'light' : 'dark';

  return (
    <button
      type="button"
      className="icon-button"
      aria-label={`Switch to the ${other} theme`}
      title={`Switch to the ${other} theme`}
      onClick={() => {
        chooseTheme(other);
        setTheme(other);
      }}
    >
      <Icon name={theme === 'dark' ? 'sun' : 'moon'} />
    </button>
  );
}
