import { printable } from '../signals/alarm-text';

/** Markup that may stand in a page as it is. Only {@link html} and {@link asIs} make it. */
export class Html {
  public constructor(public readonly text: string) {}
}

/** What a template of markup takes: text is escaped, markup stays, lists follow each other, `undefined` and `false` leave nothing. */
export type Content = Html | string | number | false | undefined | readonly Content[];

/** Markup with everything escaped that is put in, so that no name from outside can become markup, in text and quoted attributes alike. */
export function html(pieces: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(pieces.map((piece, index) => piece + markup(contents[index])).join(''));
}

/** Takes text as markup, or as a style or script: never what comes from outside. */
export const asIs = (text: string): Html => new Html(text);

function markup(content: Content): string {
  if (content === undefined || content === false) {
    return '';
  }
  if (content instanceof Html) {
    return content.text;
  }
  return typeof content === 'object' ? content.map(markup).join('') : escaped(String(content));
}

/** Characters that hide text or turn its direction are made visible too: a tenant's name must not look like another's. */
const escaped = (text: string): string => printable(text).replace(/[&<>"']/g, (special) => ENTITIES[special] ?? '');

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
