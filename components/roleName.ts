/** Takes the role's name from its ARN. Attachments accept only the name. */
export function roleName(nameOrArn: string): string {
    return nameOrArn.split("/").at(-1) as string;
}
