using System.Net;
using WsusDashboard.Agent.Security.Access;
using WsusDashboard.Agent.Security.Enrolment;
using WsusDashboard.Agent.Windows.Setup;

namespace WsusDashboard.Agent.Installation;

/// <summary>What is to be installed, checked.</summary>
public sealed record InstallationRequest
{
    /// <summary>Full path of the agent's program.</summary>
    public required string Program { get; init; }

    /// <summary>The agent's options with the settings below in force.</summary>
    public required AgentOptions Options { get; init; }

    /// <summary>Settings given for the service, for example Agent:Port.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>The service's account; null keeps the one that it has, and is LocalSystem for a new service.</summary>
    public string? Account { get; init; }

    /// <summary>Hub and token for an unattended enrolment; null where a person pairs the server.</summary>
    public EnrolmentFile? Enrolment { get; init; }

    /// <summary>False where another product, or a group policy, decides about the firewall.</summary>
    public bool OpensFirewall { get; init; } = true;
}

/// <summary>What is to be removed.</summary>
/// <param name="Program">Full path of the agent's program.</param>
/// <param name="Options">The agent's options, which say where its data lies.</param>
/// <param name="Purges">True where the data is deleted too.</param>
/// <param name="ClosesFirewall">False where the firewall is left alone.</param>
public sealed record RemovalRequest(string Program, AgentOptions Options, bool Purges, bool ClosesFirewall = true);

/// <summary>Which steps make an installation, and which a removal: pure, the same for the same request.</summary>
public static class InstallationPlan
{
    public const string ServiceDisplayName = "WsusDashboard Agent";
    public const string FirewallRuleName = "WsusDashboard Agent";
    public const string SettingsFile = "agent.json";

    /// <summary>The name under which the host of .NET writes to the event log: that of its assembly.</summary>
    public static string EventSource { get; } = typeof(InstallationPlan).Assembly.GetName().Name!;

    /// <summary>The steps, each needed by those after it: the service is started last, when all it needs is there.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="presentAccount">The account of the service that is there; null where there is none.</param>
    public static IReadOnlyList<InstallationStep> For(InstallationRequest request, string? presentAccount = null)
    {
        var keepsAccount = request.Account is null && presentAccount is not null;
        var service = new ServiceDefinition
        {
            Name = AgentOptions.ServiceName,
            DisplayName = ServiceDisplayName,
            Description = "Watches WSUS, IIS and Configuration Manager on this server and repairs them when an administrator asks for it. What it may do is set in policy.json in its data folder.",
            Command = $"\"{request.Program}\" run",
            Account = request.Account ?? presentAccount ?? ServiceDefinition.LocalSystem,
        };
        List<InstallationStep> steps =
        [
            new InstallationStep.CloseDataFolder(request.Options.DataDirectory, service.IsLocalSystem ? null : service.Account),
            new InstallationStep.WritePolicy(request.Options.DataDirectory),
        ];
        if (request.Settings.Count > 0)
        {
            steps.Add(new InstallationStep.WriteSettings(SettingsBeside(request.Program), request.Settings));
        }

        if (request.Enrolment is { } order)
        {
            steps.Add(new InstallationStep.LeaveEnrolment(request.Options.DataDirectory, order));
        }

        steps.Add(new InstallationStep.RegisterEventSource(EventSource));
        if (!service.IsLocalSystem && !keepsAccount)
        {
            steps.Add(new InstallationStep.GrantServiceLogon(service.Account));
        }

        steps.Add(new InstallationStep.RegisterService(service, keepsAccount));
        if (request.OpensFirewall && Listens(request) && !IsLoopback(request.Options))
        {
            steps.Add(new InstallationStep.OpenFirewall(new FirewallRule(FirewallRuleName, request.Program, request.Options.Port)));
        }

        steps.Add(new InstallationStep.StartService(service.Name));
        return steps;
    }

    /// <summary>The steps that take away what an installation made. Data is kept unless it is asked for.</summary>
    public static IReadOnlyList<InstallationStep> ForRemoval(RemovalRequest request)
    {
        List<InstallationStep> steps =
        [
            new InstallationStep.StopService(AgentOptions.ServiceName),
            new InstallationStep.RemoveService(AgentOptions.ServiceName),
            new InstallationStep.RemoveEventSource(EventSource),
        ];
        if (request.ClosesFirewall)
        {
            steps.Add(new InstallationStep.CloseFirewall(FirewallRuleName));
        }

        if (request.Purges)
        {
            steps.Add(new InstallationStep.DeleteData(request.Options.DataDirectory, SettingsBeside(request.Program)));
        }

        return steps;
    }

    /// <summary>What a person should know before it is done.</summary>
    public static IEnumerable<string> Notes(InstallationRequest request)
    {
        if (!Listens(request))
        {
            yield return request.Enrolment is { } order
                ? $"The agent connects to {order.Hub} itself and listens on no port, so the firewall stays as it is. If the dashboard should connect to this server instead, add --Agent:Hub:Connect inbound."
                : "The agent listens on no port, so the firewall stays as it is.";
        }
        else if (IsLoopback(request.Options))
        {
            yield return $"The agent listens on {request.Options.ListenAddress} only, so no dashboard elsewhere can reach it and the firewall stays as it is. "
                + "If a dashboard on another computer watches this server, add --Agent:ListenAddress 0.0.0.0.";
        }
        else if (!request.OpensFirewall)
        {
            yield return $"The firewall stays as it is: TCP port {request.Options.Port} must be open to the dashboard.";
        }
    }

    /// <summary>As the agent decides when it starts.</summary>
    private static bool Listens(InstallationRequest request) => NetworkPort.IsNeeded(request.Options, request.Enrolment is not null);

    private static bool IsLoopback(AgentOptions options) => IPAddress.TryParse(options.ListenAddress, out var address) && IPAddress.IsLoopback(address);

    private static string SettingsBeside(string program) => program[..(program.LastIndexOfAny(['\\', '/']) + 1)] + SettingsFile;
}
