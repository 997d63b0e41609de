namespace WsusDashboard.Dashboard.Kernel;

/// <summary>The address of a server whose agent opens the connection itself: "outbound://" and the agent's id. It leads nowhere; the agent's key decides whose connection it is.</summary>
internal static class OutboundAddress
{
    public const string Scheme = "outbound";

    private const string Prefix = Scheme + "://";
    private const int AgentIdLength = 32;

    /// <summary>The address of an agent.</summary>
    /// <param name="agentId">32 hexadecimal digits, lower case.</param>
    public static Uri Of(string agentId) => new(Prefix + agentId);

    public static bool Is(string? address) => address?.StartsWith(Prefix, StringComparison.Ordinal) == true;

    /// <summary>True where the text is such an address, written the one way there is.</summary>
    public static bool IsRight(string text) => Is(text) && text.Length == Prefix.Length + AgentIdLength && text[Prefix.Length..].All(char.IsAsciiHexDigitLower);
}
