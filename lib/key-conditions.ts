/** Condition of a statement about a key: it is used through one service of a Region alone, such as `s3`. */
export function throughService(service: 's3' | 'secretsmanager' | 'sns', region: string) {
  return { StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` } };
}

/**
 * A key as IAM policies name it, by its ARN or that of an alias. IAM does not resolve aliases in `Resource`, so for an alias the statement
 * names the keys of its account and Region, and a condition leaves the one that has it.
 * https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
export function keyInPolicies(keyOrAliasArn: string): {
  resource: string;
  condition: Record<string, Record<string, string>>;
} {
  const [keys, alias] = keyOrAliasArn.split(':alias/');
  return alias === undefined
    ? { resource: keyOrAliasArn, condition: {} }
    : {
        resource: `${keys}:key/*`,
        condition: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': `alias/${alias}` } },
      };
}
