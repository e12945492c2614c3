import { z } from 'zod';
import { configurationSchema } from './schema';

/** The JSON Schema of `holdfast.config.json` that editors read, as the text of `holdfast.schema.json`. */
export function jsonSchemaText(): string {
  return `${JSON.stringify(z.toJSONSchema(configurationSchema, { io: 'input', target: 'draft-7' }), null, 2)}\n`;
}
