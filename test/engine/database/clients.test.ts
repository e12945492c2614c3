import { type Place, perPlace } from '../../../engine/database/clients';

test('makes one client for each Region and role', () => {
  const made: Place[] = [];
  const client = perPlace((place) => made.push(place));
  const places: Place[] = [
    { region: 'eu-west-1' },
    { region: 'eu-central-1' },
    { region: 'eu-central-1', roleArn: 'role' },
    { region: 'eu-central-1', roleArn: 'other' },
  ];
  expect(places.map(client)).toEqual([1, 2, 3, 4]);
  expect(places.map(client)).toEqual([1, 2, 3, 4]);
  expect(made).toEqual(places);
});
