import { ArchiveError } from '../../../engine/archive/archive-error';
import type { ArchiveOutput } from '../../../engine/archive/split';
import { splitDump } from '../../../engine/dump/split-dump';
import { startTool, type ToolOptions } from '../../../engine/postgres/tool';
import { ToolError } from '../../../engine/postgres/tool-error';
import { fixture, fixtureNames } from '../archive/fixtures';
import { FakeTools } from '../postgres/fake-tools';

const [NAME = ''] = fixtureNames('shop');
const ARCHIVE = fixture(NAME);

/** What became of the outputs of a split. */
class Outputs {
  public ended = 0;
  public aborted = 0;

  public readonly open = async (): Promise<ArchiveOutput> => ({
    write: async () => undefined,
    end: async () => {
      this.ended += 1;
    },
    abort: async () => {
      this.aborted += 1;
    },
  });
}

describe('splitting what pg_dump writes', () => {
  let tools: FakeTools;
  let file: string;
  beforeAll(async () => {
    tools = await FakeTools.create();
    file = await tools.file('archive', ARCHIVE);
  });
  afterAll(() => tools.remove());

  const split = async (script: string, outputs = new Outputs(), options: Partial<ToolOptions> = {}) => {
    const tool = startTool('pg_dump', [], { ...(await tools.write('pg_dump', script)), ...options });
    return splitDump(tool, (schema) => (schema === 'acme' ? 'acme' : undefined), outputs.open);
  };
  const failureOf = (promise: Promise<unknown>): Promise<Error> =>
    promise.then(
      () => new Error('it did not fail'),
      (error) => error,
    );

  it('gives its archives when pg_dump has ended well', async () => {
    const { archives } = await split(`cat '${file}'`);
    expect(archives.map(({ tenant }) => tenant)).toEqual([undefined, 'acme']);
  });

  it('fails when pg_dump does so after its last byte', async () => {
    const error = await failureOf(split(`cat '${file}'; echo "pg_dump: error: late" >&2; exit 1`));
    expect(error).toBeInstanceOf(ToolError);
    expect(error.message).toContain('pg_dump failed with exit code 1: pg_dump: error: late. HINT: ');
  });

  it('fails when pg_dump is killed after its last byte', async () => {
    const error = await failureOf(split(`cat '${file}'; kill -9 $$`));
    expect(error.message).toContain('was ended by SIGKILL');
  });

  it("tells pg_dump's own failure, wherever it stopped writing", async () => {
    const step = Math.ceil(ARCHIVE.length / 40);
    for (let bytes = 0; bytes < ARCHIVE.length; bytes += step) {
      const script = `head -c ${bytes} '${file}'; echo "pg_dump: error: server closed the connection" >&2; exit 1`;
      const outputs = new Outputs();
      const error = await failureOf(split(script, outputs));
      expect(error).toBeInstanceOf(ToolError);
      expect(error).toMatchObject({ fault: 'connection' });
    }
  });

  it.each([0, 1, 1000, ARCHIVE.length - 1])('fails when pg_dump ends well after only %i bytes', async (bytes) => {
    const error = await failureOf(split(`head -c ${bytes} '${file}'`));
    expect(error).toBeInstanceOf(ArchiveError);
    expect(error).toMatchObject({ fault: 'truncated' });
  });

  it('ends pg_dump when it writes what is no archive', async () => {
    const error = await failureOf(split('exec yes'));
    expect(error).toMatchObject({ fault: 'unsupported' });
  });

  it('ends pg_dump when an output fails, and tells of that', async () => {
    const tool = startTool('pg_dump', [], await tools.write('pg_dump', `cat '${file}'; exec sleep 60`));
    const error = await failureOf(
      splitDump(
        tool,
        () => undefined,
        () => Promise.reject(new Error('no bucket')),
      ),
    );
    expect(error.message).toBe('no bucket');
    await expect(tool.done).rejects.toThrow('SIGTERM');
  });

  it('tells that pg_dump is not installed', async () => {
    const error = await failureOf(split('exit 0', new Outputs(), { directory: `${tools.directory}/none` }));
    expect(error).toMatchObject({ fault: 'missing' });
  });
});
