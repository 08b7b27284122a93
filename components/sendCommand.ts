/** A request of `aws ssm send-command`. */
export interface SendCommandRequest {
    readonly region: string;
    /** JSON for `--cli-input-json`. */
    readonly request: string;
}

/** The command for a POSIX shell, such as CloudShell, bash or zsh. */
export function sendCommandForSh({ region, request }: SendCommandRequest): string {
    const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
    return `aws ssm send-command --region ${quote(region)} --cli-input-json ${quote(request)}`;
}

/**
 * The commands for PowerShell. Versions of PowerShell pass quotes to programs in different ways, so the request goes through a file. The
 * file is ASCII, since the AWS CLI can't read other encodings as Windows PowerShell writes them.
 */
export function sendCommandForPowerShell({ region, request }: SendCommandRequest): string {
    const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
    const ascii = request.replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
    return [
        '$request = Join-Path ([IO.Path]::GetTempPath()) "vss-backup.json"',
        `Set-Content -Encoding ascii -Path $request -Value ${quote(ascii)}`,
        `aws ssm send-command --region ${quote(region)} --cli-input-json "file://$request"`,
    ].join("; ");
}
