/**
 * Makes one client for each Region that is asked for, so that connections are used again.
 *
 * @param create makes the client of a Region.
 */
export function perRegion<Client>(create: (region: string) => Client): (region: string) => Client {
  const clients = new Map<string, Client>();
  return (region) => {
    const client = clients.get(region) ?? create(region);
    clients.set(region, client);
    return client;
  };
}
