import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { jsonSchemaText } from '../../../lib/configuration/json-schema';
import { SHIPPED_PATH, shippedWith } from './shipped';

const SCHEMA_PATH = join(dirname(SHIPPED_PATH), 'holdfast.schema.json');

test('holdfast.schema.json is up to date; `npm run schema` writes it', () => {
  expect(readFileSync(SCHEMA_PATH, 'utf8')).toBe(jsonSchemaText());
});

test('the shipped file names the schema, so that editors find it', () => {
  expect(shippedWith({})).toHaveProperty('$schema', './holdfast.schema.json');
});

test('editors accept the shipped file', () => {
  expect(editorsSchema().safeParse(shippedWith({})).error).toBeUndefined();
});

test('editors do not ask for fields that have a default', () => {
  const raw = shippedWith({ paging: {}, 'files.verifyEveryMinutes': undefined, 'files.lockMode': undefined });
  expect(editorsSchema().safeParse(raw).error).toBeUndefined();
});

test.each([
  ['prefix', 'ACME'],
  ['recovery.regoin', 'eu-central-1'],
  ['files.buckets[0].category', 'videos'],
])('editors mark a wrong %s', (path, value) => {
  expect(editorsSchema().safeParse(shippedWith({ [path]: value })).success).toBe(false);
});

test('every field of the schema is described', () => {
  const fields = describedFields(JSON.parse(jsonSchemaText()), '');
  expect(fields.length).toBeGreaterThan(30);
  expect(fields.filter(({ description }) => description === undefined)).toEqual([]);
});

function editorsSchema(): z.ZodType {
  return z.fromJSONSchema(JSON.parse(readFileSync(SCHEMA_PATH, 'utf8')));
}

interface Field {
  readonly path: string;
  readonly description: string | undefined;
}

interface JsonSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
}

function describedFields({ properties = {}, items }: JsonSchema, path: string): Field[] {
  const own = Object.entries(properties).flatMap(([name, property]) => [
    { path: `${path}.${name}`, description: property.description },
    ...describedFields(property, `${path}.${name}`),
  ]);
  return items ? [...own, ...describedFields(items, `${path}[]`)] : own;
}
