import { parseColour } from '../shared/colour.js';
import type { Theme } from '../shared/theme.js';

const colour = (text: string): Theme['background'] => parseColour(text) ?? { red: 0, green: 0, blue: 0, alpha: 1 };

/** Black on white with the plain colours of a light theme, for pictures that go into documents. */
export const lightPaper = ({ font, fontSize }: Pick<Theme, 'font' | 'fontSize'>): Theme => ({
  highContrast: false,
  background: colour('#ffffff'),
  foreground: colour('#1f1f1f'),
  text: '#1f1f1f',
  muted: '#616161',
  grid: '#e5e5e5',
  border: '#d0d0d0',
  focus: '#005fb8',
  warning: '#bf8803',
  error: '#e51400',
  font,
  fontSize,
  hues: {
    blue: colour('#1a85ff'),
    green: colour('#388a34'),
    yellow: colour('#bf8803'),
    orange: colour('#d18616'),
    red: colour('#e51400'),
    purple: colour('#652d90'),
    neutral: colour('#767676'),
  },
});
