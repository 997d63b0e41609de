using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Security;
using WsusDashboard.PowerShell.Client;
using Shell = System.Management.Automation.PowerShell;

namespace WsusDashboard.PowerShell.Tests.Support;

/// <summary>A PowerShell 7 in this process with the module, as a person or script has it.</summary>
internal sealed class Session : IDisposable
{
    private readonly Runspace _runspace;

    public Session()
    {
        var state = InitialSessionState.CreateDefault2();
        state.ImportPSModule([ModulePath]);
        _runspace = RunspaceFactory.CreateRunspace(state);
        _runspace.Open();
    }

    /// <summary>The manifest beside the assembly that the tests were built with.</summary>
    public static string ModulePath { get; } = Path.Combine(AppContext.BaseDirectory, "WsusDashboard.psd1");

    /// <summary>A session that is connected to a fake hub, with a clock that stands still.</summary>
    public static (Session Session, StillClock Clock) Connected(FakeHub hub)
    {
        var session = new Session();
        var clock = new StillClock();
        var connection = (WsdConnection)session.Run($"Connect-WsdDashboard {hub.Address} -Token $token -TimeoutSeconds 30", ("token", Secret(FakeHub.Token))).Single().BaseObject;
        connection.Clock = clock;
        hub.Requests.Clear();
        return (session, clock);
    }

    public static SecureString Secret(string text)
    {
        var secret = new SecureString();
        foreach (var character in text)
        {
            secret.AppendChar(character);
        }

        return secret;
    }

    /// <summary>Runs a script that has to go well.</summary>
    public Collection<PSObject> Run(string script, params (string Name, object Value)[] variables)
    {
        var result = Try(script, variables);
        Assert.Empty(result.Errors.Select(error => error.ToString()));
        return result.Output;
    }

    /// <summary>Runs a script, and tells what came of it.</summary>
    public Result Try(string script, params (string Name, object Value)[] variables)
    {
        foreach (var (name, value) in variables)
        {
            _runspace.SessionStateProxy.SetVariable(name, value);
        }

        // Only what ends a command ends a try block.
        using var shell = Shell.Create(_runspace);
        shell.AddScript($"$global:end = $null; try {{ {script} }} catch {{ $global:end = $_ }}");
        var output = shell.Invoke();
        var end = (_runspace.SessionStateProxy.GetVariable("end") as PSObject)?.BaseObject as ErrorRecord ?? _runspace.SessionStateProxy.GetVariable("end") as ErrorRecord;
        return new(
            output,
            [.. shell.Streams.Error, .. end is null ? Array.Empty<ErrorRecord>() : [end]],
            end is not null,
            [.. shell.Streams.Warning.Select(warning => warning.Message)],
            [.. shell.Streams.Verbose.Select(verbose => verbose.Message), .. shell.Streams.Debug.Select(debug => debug.Message), .. shell.Streams.Information.Select(information => information.ToString())],
            [.. shell.Streams.Progress]);
    }

    public void Dispose() => _runspace.Dispose();

    /// <param name="Errors">Those that were written, and the one that ended the script.</param>
    /// <param name="IsEnded">True where an error ended it.</param>
    internal sealed record Result(Collection<PSObject> Output, IReadOnlyList<ErrorRecord> Errors, bool IsEnded, IReadOnlyList<string> Warnings, IReadOnlyList<string> Said, IReadOnlyList<ProgressRecord> Progress)
    {
        /// <summary>The first part of the id of the only error, and its category.</summary>
        public (string Id, ErrorCategory Category, bool IsEnded) Failure => (Errors.Single().FullyQualifiedErrorId.Split(',')[0], Errors.Single().CategoryInfo.Category, IsEnded);
    }
}

/// <summary>A clock that only waiting moves.</summary>
internal sealed class StillClock : ModuleClock
{
    private TimeSpan _elapsed;

    public List<TimeSpan> Waits { get; } = [];

    public override TimeSpan Elapsed => _elapsed;

    public override void Wait(TimeSpan time, CancellationToken cancellationToken)
    {
        Waits.Add(time);
        _elapsed += time;
    }
}
