import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { costDocumentText } from '../../local/cost-document';

test('docs/cost.md is what the code says: `npm run cost` writes it anew', () => {
  expect(readFileSync(join(__dirname, '../../docs/cost.md'), 'utf8')).toBe(costDocumentText());
});
