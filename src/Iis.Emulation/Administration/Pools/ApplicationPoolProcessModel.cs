namespace Microsoft.Web.Administration;

/// <summary>The worker process of a pool.</summary>
public sealed class ApplicationPoolProcessModel : ConfigurationElement
{
    internal ApplicationPoolProcessModel(ElementLocation location)
        : base(location)
    {
    }

    public ProcessModelIdentityType IdentityType { get => (ProcessModelIdentityType)this["identityType"]!; set => this["identityType"] = value; }

    public string UserName { get => (string)this["userName"]!; set => this["userName"] = value; }

    /// <summary>As it stands in the file, which is encrypted; it cannot be set here.</summary>
    public string Password { get => (string)this["password"]!; set => this["password"] = value; }

    /// <summary>Whole minutes, at most 30 days; zero = never.</summary>
    public TimeSpan IdleTimeout { get => (TimeSpan)this["idleTimeout"]!; set => this["idleTimeout"] = value; }

    public IdleTimeoutAction IdleTimeoutAction { get => (IdleTimeoutAction)this["idleTimeoutAction"]!; set => this["idleTimeoutAction"] = value; }

    public bool LoadUserProfile { get => (bool)this["loadUserProfile"]!; set => this["loadUserProfile"] = value; }

    public long MaxProcesses { get => (long)this["maxProcesses"]!; set => this["maxProcesses"] = value; }

    public bool PingingEnabled { get => (bool)this["pingingEnabled"]!; set => this["pingingEnabled"] = value; }

    public TimeSpan PingInterval { get => (TimeSpan)this["pingInterval"]!; set => this["pingInterval"] = value; }

    public TimeSpan PingResponseTime { get => (TimeSpan)this["pingResponseTime"]!; set => this["pingResponseTime"] = value; }

    public TimeSpan ShutdownTimeLimit { get => (TimeSpan)this["shutdownTimeLimit"]!; set => this["shutdownTimeLimit"] = value; }

    public TimeSpan StartupTimeLimit { get => (TimeSpan)this["startupTimeLimit"]!; set => this["startupTimeLimit"] = value; }

    public ProcessModelLogEventOnProcessModel LogEventOnProcessModel { get => (ProcessModelLogEventOnProcessModel)this["logEventOnProcessModel"]!; set => this["logEventOnProcessModel"] = value; }
}
