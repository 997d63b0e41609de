using System.Text;
using WsusDashboard.Agent.Security.Enrolment;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Services;
using WsusDashboard.Agent.Windows;
using WsusDashboard.Agent.Windows.Setup;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Installation;

/// <summary>Carries one step out: looks first whether it is done already, and says how to undo it.</summary>
/// <remarks>One carrier an installation: it remembers whether something changed for the service, because one that runs is restarted then.</remarks>
internal sealed class InstallationRunner(IServerSetup setup, ServiceActions services, string? accountPassword)
{
    private static readonly TimeSpan ServiceLimit = TimeSpan.FromMinutes(2);

    private bool _needsRestart;

    /// <exception cref="EdgeException">Windows refuses.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be written.</exception>
    /// <exception cref="InvalidDataException">A file is damaged.</exception>
    public async Task<StepChange> CarryOutAsync(InstallationStep step, CancellationToken cancellationToken) => step switch
    {
        InstallationStep.CloseDataFolder folder => Close(folder),
        InstallationStep.WriteSettings settings => Write(settings),
        InstallationStep.WritePolicy policy => Write(policy),
        InstallationStep.LeaveEnrolment enrolment => Leave(enrolment),
        InstallationStep.RegisterEventSource source => Register(source),
        InstallationStep.GrantServiceLogon logon => Grant(logon),
        InstallationStep.RegisterService service => Register(service.Service, service.KeepsAccount),
        InstallationStep.OpenFirewall firewall => Open(firewall.Rule),
        InstallationStep.StartService start => await StartAsync(start.Name, cancellationToken),
        InstallationStep.StopService stop => await StopAsync(stop.Name, cancellationToken),
        InstallationStep.RemoveService service => Remove(service),
        InstallationStep.CloseFirewall firewall => Close(firewall),
        InstallationStep.RemoveEventSource source => Remove(source),
        InstallationStep.DeleteData data => Delete(data),
        _ => throw new ArgumentOutOfRangeException(nameof(step), step, "Not a step of an installation."),
    };

    private StepChange Close(InstallationStep.CloseDataFolder step)
    {
        var before = setup.ReadFolderAccess(step.Path);
        setup.CloseFolder(step.Path, step.Account, setup.FindService(AgentOptions.ServiceName)?.Account);
        if (before is null)
        {
            return StepChange.With("created", () => Directory.Delete(step.Path, recursive: true));
        }

        return setup.ReadFolderAccess(step.Path) == before ? StepChange.Nothing : StepChange.With("access restricted", () => setup.RestoreFolderAccess(step.Path, before));
    }

    private StepChange Write(InstallationStep.WriteSettings step)
    {
        var before = File.Exists(step.Path) ? File.ReadAllText(step.Path) : null;
        var after = SettingsDocument.Merge(before, step.Settings);
        if (after == before)
        {
            return StepChange.Nothing;
        }

        PrivateFile.Write(step.Path, Encoding.UTF8.GetBytes(after));
        _needsRestart = true;
        return StepChange.With("written", () => Restore(step.Path, before));
    }

    // One that was there and is gone means monitor-only: a second installation must not widen that.
    private static StepChange Write(InstallationStep.WritePolicy step)
    {
        if (LocalPolicy.WasEverIn(step.DataFolder))
        {
            return StepChange.Nothing;
        }

        LocalPolicy.Save(step.DataFolder, PolicyFile.DefaultText);
        return StepChange.With("written", () => File.Delete(Path.Combine(step.DataFolder, LocalPolicy.FileName)));
    }

    private static void Restore(string path, string? content)
    {
        if (content is null)
        {
            File.Delete(path);
        }
        else
        {
            PrivateFile.Write(path, Encoding.UTF8.GetBytes(content));
        }
    }

    private StepChange Leave(InstallationStep.LeaveEnrolment step)
    {
        var path = EnrolmentFile.PathIn(step.DataFolder);
        var before = File.Exists(path) ? File.ReadAllBytes(path) : null;
        step.Order.Write(step.DataFolder);
        _needsRestart = true;
        return StepChange.With("saved", () =>
        {
            if (before is null)
            {
                EnrolmentFile.Delete(step.DataFolder);
            }
            else
            {
                PrivateFile.Write(path, before);
            }
        });
    }

    private StepChange Register(InstallationStep.RegisterEventSource step)
    {
        if (setup.HasEventSource(step.Source))
        {
            return StepChange.Nothing;
        }

        setup.AddEventSource(step.Source);
        return StepChange.With("registered", () => setup.RemoveEventSource(step.Source));
    }

    private StepChange Grant(InstallationStep.GrantServiceLogon step) =>
        setup.GrantServiceLogon(step.Account) ? StepChange.With("granted", () => setup.RevokeServiceLogon(step.Account)) : StepChange.Nothing;

    private StepChange Register(ServiceDefinition service, bool keepsAccount)
    {
        if (setup.FindService(service.Name) is not { } before)
        {
            setup.CreateService(service, accountPassword);
            return StepChange.With("created", () => setup.DeleteService(service.Name));
        }

        // Written even where it looks the same: what is read back does not say how failures are treated.
        setup.ChangeService(service, accountPassword, keepsAccount);
        if (before == service)
        {
            return StepChange.Nothing;
        }

        _needsRestart = true;
        return StepChange.With("changed", () => setup.ChangeService(before, null, keepsAccount));
    }

    private StepChange Open(FirewallRule rule)
    {
        var before = setup.FindFirewallRule(rule.Name);
        if (before == rule)
        {
            return StepChange.Nothing;
        }

        if (before is not null)
        {
            setup.RemoveFirewallRule(rule.Name);
        }

        setup.AddFirewallRule(rule);
        return StepChange.With(before is null ? "created" : "replaced", () =>
        {
            setup.RemoveFirewallRule(rule.Name);
            if (before is not null)
            {
                setup.AddFirewallRule(before);
            }
        });
    }

    private async Task<StepChange> StartAsync(string name, CancellationToken cancellationToken)
    {
        var wasRunning = (await services.ReadAsync(name, cancellationToken)).State == ServiceState.Running;
        if (wasRunning && !_needsRestart)
        {
            return StepChange.Nothing;
        }

        if (wasRunning)
        {
            await services.StopAsync(name, ServiceLimit, Ignore, cancellationToken);
        }

        await services.StartAsync(name, ServiceLimit, Ignore, cancellationToken);
        return new(wasRunning ? "restarted" : "started", () => services.StopAsync(name, ServiceLimit, Ignore, CancellationToken.None));
    }

    private async Task<StepChange> StopAsync(string name, CancellationToken cancellationToken)
    {
        if ((await services.ReadAsync(name, cancellationToken)).State is ServiceState.Stopped or ServiceState.NotInstalled)
        {
            return StepChange.Nothing;
        }

        await services.StopAsync(name, ServiceLimit, Ignore, cancellationToken);
        return new("stopped", () => services.StartAsync(name, ServiceLimit, Ignore, CancellationToken.None));
    }

    private StepChange Remove(InstallationStep.RemoveService step)
    {
        if (setup.FindService(step.Name) is not { } service)
        {
            return StepChange.Nothing;
        }

        setup.DeleteService(step.Name);

        // The password of an account is not known any more; a gMSA and the system have none.
        return StepChange.With("removed", () => setup.CreateService(service, accountPassword));
    }

    private StepChange Close(InstallationStep.CloseFirewall step)
    {
        if (setup.FindFirewallRule(step.RuleName) is not { } rule)
        {
            return StepChange.Nothing;
        }

        setup.RemoveFirewallRule(step.RuleName);
        return StepChange.With("removed", () => setup.AddFirewallRule(rule));
    }

    private StepChange Remove(InstallationStep.RemoveEventSource step)
    {
        if (!setup.HasEventSource(step.Source))
        {
            return StepChange.Nothing;
        }

        setup.RemoveEventSource(step.Source);
        return StepChange.With("removed", () => setup.AddEventSource(step.Source));
    }

    private static StepChange Delete(InstallationStep.DeleteData step)
    {
        File.Delete(step.SettingsPath);
        if (!Directory.Exists(step.DataFolder))
        {
            return StepChange.Nothing;
        }

        Directory.Delete(step.DataFolder, recursive: true);
        return new("deleted");
    }

    private static void Ignore(string progress)
    {
    }
}
