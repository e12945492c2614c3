import fc from 'fast-check';
import { asIs, html } from '../../../engine/report/html';

test('escapes text, keeps markup, joins lists, and leaves out what is not there', () => {
  const inner = html`<b>${'a<b'}</b>`;
  expect(html`<p title="${'"x"'}">${inner}${[1, "it's"]}${undefined}${false}${asIs('<i>')}</p>`.text).toBe(
    '<p title="&quot;x&quot;"><b>a&lt;b</b>1it&#39;s<i></p>',
  );
});

test('makes visible what would hide text or turn its direction', () => {
  expect(html`${'a\u202eb\u0000\n'}`.text).toBe('a\\u{202e}b\\u{0000}\\u{000a}');
});

test('lets no text become markup, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'<>&"\'`=/ a;#x3', '\u2028', '\u{1f600}') }), (text) => {
      const { text: markup } = html`${text}`;
      expect(markup).not.toMatch(/[<>"']/);
      expect(markup.replace(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
    }),
  );
});

test('keeps two different texts different', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (left, right) => {
      fc.pre(left !== right && !/\\|\p{C}|\p{Z}/u.test(left + right));
      expect(html`${left}`.text).not.toBe(html`${right}`.text);
    }),
  );
});
