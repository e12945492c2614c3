import { DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { found, RestoreRefusedError } from './restore-error';

/** Makes sure that what is restored can be decrypted. */
export class KeyCheck {
  public constructor(private readonly kms: KMSClient) {}

  /**
   * @param keyArn undefined for what is not encrypted with a key of KMS.
   * @throws RestoreRefusedError when the key is gone, or cannot be used.
   */
  public async requireUsable(keyArn: string | undefined): Promise<void> {
    if (keyArn === undefined) {
      return;
    }
    const answer = await found(`describe the key ${keyArn}`, () =>
      this.kms.send(new DescribeKeyCommand({ KeyId: keyArn })),
    );
    const state = answer === undefined ? 'gone' : answer.KeyMetadata?.KeyState;
    if (state !== 'Enabled') {
      throw new RestoreRefusedError(
        `The key ${keyArn}, which the backup is encrypted with, must be Enabled, got: ${state ?? 'unknown'}. HINT: cancel its deletion or enable it; or restore a copy that is encrypted with another key.`,
      );
    }
  }
}
