import * as fc from 'fast-check';
import { repeatedFieldProblems } from '../../../lib/configuration/repeated-fields';

test.each([
  ['{"a":1,"a":2}', ['a']],
  ['{"a":1,"b":{"a":1,"c":[{"a":1},{"d":1,"d" : 2}]}}', ['b.c[1].d']],
  ['[[1,2],[{"a":[],"a":{}}]]', ['[1][0].a']],
  ['{"a b":1,"a b":2,"a b":3}', ['["a b"]', '["a b"]']],
  ['{"a":1,"\\u0061":2}', ['a']],
])('finds in %s the fields %j', (json, paths) => {
  expect(repeatedFieldProblems(json).map(({ path }) => path)).toEqual(paths);
});

test('takes nothing inside a text for a field, an object or a list', () => {
  expect(repeatedFieldProblems('{"a":"{\\"a\\":1,\\"a\\":2}","b":["a","a","]"],"c":"\\\\"}')).toEqual([]);
});

test('finds nothing in what JSON.stringify wrote', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => expect(repeatedFieldProblems(JSON.stringify(value))).toEqual([])));
});
