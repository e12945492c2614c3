import type { Client } from 'pg';

/** The tenant that is configured not to be backed up. */
export const LEFT_OUT = 'tenant_demo';

/** Schemas of the tenants, under names that real platforms come to have. */
export const TENANTS: readonly string[] = [
  'tenant_acme',
  'tenant_globex',
  'tenant_initech',
  'tenant_Mixed "Case"',
  'tenant_müller & söhne',
  'tenant_a.b/c',
  'tenant_empty',
  LEFT_OUT,
];

/** A tenant that has signed up and has nothing yet. */
const WITHOUT_TABLES = 'tenant_empty';
const ORDERS_PER_TENANT = 500;

/** Fills a new database with a shop for each tenant, and with what all of them share. */
export async function seedTenants(client: Client): Promise<void> {
  await client.query(SHARED);
  for (const tenant of TENANTS) {
    await client.query(`CREATE SCHEMA ${client.escapeIdentifier(tenant)}`);
    if (tenant !== WITHOUT_TABLES) {
      await client.query(`SET search_path TO ${client.escapeIdentifier(tenant)}, public`);
      await client.query(SHOP);
      await client.query(ORDERS);
    }
  }
  await client.query('RESET search_path');
}

const SHARED = `
  CREATE TABLE public.plans (code text PRIMARY KEY, monthly numeric(12, 2) NOT NULL);
  INSERT INTO public.plans VALUES ('free', 0), ('team', 49.90), ('enterprise', 4999);
  CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN NEW.changed_at := now(); RETURN NEW; END $$;`;

const SHOP = `
  CREATE TYPE status AS ENUM ('open', 'paid', 'void');
  CREATE TABLE customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    plan text NOT NULL DEFAULT 'free' REFERENCES public.plans,
    settings jsonb,
    changed_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX ON customers USING gin (settings);
  CREATE TRIGGER touch BEFORE UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION public.touch();
  ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
  CREATE POLICY everyone ON customers USING (true);
  CREATE TABLE orders (
    id bigint NOT NULL,
    placed date NOT NULL,
    customer bigint NOT NULL REFERENCES customers,
    status status NOT NULL DEFAULT 'open',
    net numeric(12, 2) NOT NULL CHECK (net >= 0),
    gross numeric GENERATED ALWAYS AS (net * 1.19) STORED,
    note text,
    PRIMARY KEY (id, placed)
  ) PARTITION BY RANGE (placed);
  CREATE TABLE orders_2025 PARTITION OF orders FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE orders_other PARTITION OF orders DEFAULT;
  CREATE VIEW open_orders AS SELECT o.*, c.name FROM orders o JOIN customers c ON c.id = o.customer WHERE status = 'open';
  COMMENT ON TABLE orders IS 'What customers bought; it''s partitioned by year';`;

/** Among the notes is what COPY has to escape. */
const ORDERS = `
  INSERT INTO customers (name, plan, settings)
    SELECT 'Customer ' || n, (ARRAY['free', 'team', 'enterprise'])[1 + n % 3], jsonb_build_object('number', n)
    FROM generate_series(1, 50) n;
  INSERT INTO orders (id, placed, customer, status, net, note)
    SELECT n, date '2025-06-01' + n, 1 + n % 50, (ARRAY['open', 'paid', 'void']::status[])[1 + n % 3], n / 3.0,
      (ARRAY[NULL, '', E'\\\\.', E'tab\\tand\\nnew line', E'\\\\N', '東京 🗂'])[1 + n % 6]
    FROM generate_series(1, ${ORDERS_PER_TENANT}) n;`;
