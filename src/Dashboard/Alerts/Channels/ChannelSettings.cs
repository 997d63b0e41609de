using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Shared.Collections;

namespace WsusDashboard.Dashboard.Alerts.Channels;

/// <summary>How the connection to a mail server is kept from others. There is no "if it can": whoever listens could take it away unseen.</summary>
public enum MailSecurity
{
    /// <summary>Begins plain and changes to TLS before anything is said; usual on ports 25 and 587.</summary>
    StartTls = 0,

    /// <summary>TLS from the first byte; usual on port 465.</summary>
    Tls = 1,

    /// <summary>None: only for a relay in one's own network, and without a password.</summary>
    None = 2,
}

/// <summary>The settings of a channel without its secrets, as they are stored; each kind uses some.</summary>
internal sealed record ChannelSettings
{
    /// <summary>Mail: the server's name.</summary>
    public string Host { get; init; } = "";

    /// <summary>Mail: TCP port.</summary>
    public int Port { get; init; } = 587;

    /// <summary>Mail.</summary>
    public MailSecurity Security { get; init; }

    /// <summary>Mail: the sender's address.</summary>
    public string From { get; init; } = "";

    /// <summary>Mail: addresses.</summary>
    public ValueList<string> To { get; init; } = [];

    /// <summary>The account, where one is needed; empty for none.</summary>
    public string UserName { get; init; } = "";

    /// <summary>Inner addresses (loopback, private, link-local) may be connected to.</summary>
    public bool AllowsInnerAddresses { get; init; }

    /// <summary>What it doesn't tell; an opened one is always told.</summary>
    public ValueList<AlertEventKind> Leaves { get; init; } = [];
}

/// <summary>The secrets of a channel. Never part of a log, an answer or a message.</summary>
internal sealed record ChannelSecrets
{
    /// <summary>Where it is sent to; for some services whoever has it may send, so all of it is a secret.</summary>
    public string Address { get; init; } = "";

    /// <summary>The key, token or password.</summary>
    public string Key { get; init; } = "";

    public override string ToString() => "(secrets)";
}

/// <summary>A channel with all that is needed to send.</summary>
internal sealed record AlertChannel(int Id, string Name, AlertChannelKind Kind, ChannelSettings Settings, ChannelSecrets Secrets);
