namespace WsusDashboard.Agent.Repairs;

/// <summary>The idempotency key of a command: the same key with the same content is carried out once.</summary>
/// <param name="Hub">Id of the hub that sent it; empty for somebody on the server.</param>
/// <param name="Key">1 to 100 characters.</param>
/// <param name="Content">SHA-256 of what is asked for, hexadecimal.</param>
/// <param name="KeepUntil">Until when it must be remembered, so that nobody uses it twice.</param>
internal sealed record CommandKey(string Hub, string Key, string Content, DateTimeOffset KeepUntil);
