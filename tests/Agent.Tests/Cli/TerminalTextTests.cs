using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using WsusDashboard.Agent.Cli;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Tests.Repairs;

namespace WsusDashboard.Agent.Tests.Cli;

/// <summary>No text of the other side reaches a terminal as it is, whichever command prints it.</summary>
public sealed class TerminalTextTests : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>A command line of each command that prints; "{data}" stands for the data folder.</summary>
    public static TheoryData<string> CommandLines { get; } =
    [
        "check --data {data}",
        "check --json --data {data}",
        "plan --playbook full-repair --data {data}",
        $"plan --playbook {HostileAgent.RefusedPlaybook} --data {{data}}",
        "plan --playbook full-repair --json --data {data}",
        "repair --yes --playbook full-repair --data {data}",
        "repair --yes --playbook full-repair --json --data {data}",
        $"repair --yes --playbook {HostileAgent.RefusedPlaybook} --data {{data}}",
        "undo --yes --data {data}",
        $"undo --yes {HostileAgent.RefusedId} --data {{data}}",
        "undo --yes --json --data {data}",
        "keep --yes --reason because --data {data}",
        "keep --yes --reason because --json --data {data}",
        "doctor --Agent:DataDirectory={data} --Agent:Port=1",
        "doctor --json --Agent:DataDirectory={data} --Agent:Port=1",
        "pair --data {data}",
        "pair --json --data {data}",
        "hubs --data {data}",
        "hubs --json --data {data}",
        "unpair --data {data}",
        "unpair --json --data {data}",
        "rotate-key --data {data}",
        "rotate-key --json --data {data}",
        "approvals --data {data}",
        "approvals --json --data {data}",
        "approve 1 --data {data}",
        $"approve {HostileAgent.RefusedId} --data {{data}}",
        "approve 1 --json --data {data}",
        "policy --data {data}",
        "policy --json --data {data}",
        "audit --data {data}",
        "audit --json --data {data}",
        "audit --verify --data {data}",
        "posture --data {data}",
        "posture --json --data {data}",
        "posture --table {hostile} --data {data}",
        "explain {hostile}",
        "explain --json {hostile}",
        "install {hostile}",
        "uninstall {hostile}",
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(CommandLines))]
    public async Task Command_WhereTheOtherSideIsHostile_PrintsNothingThatATerminalObeys(string line)
    {
        await File.WriteAllTextAsync(
            _folder.File("policy.json"), JsonSerializer.Serialize(new { mode = "restart", allowedServices = new[] { HostileText.Text }, allowedPools = new[] { HostileText.Text } }), TestContext.Current.CancellationToken);
        new AgentAudit(new AgentOptions { DataDirectory = _folder.Path }, TimeProvider.System, NullLogger<AgentAudit>.Instance).Write(new AgentAuditEntry
        {
            Verb = HostileText.Text,
            Who = HostileText.Text,
            Hub = HostileText.Text,
            From = HostileText.Text,
            What = HostileText.Text,
            Reason = HostileText.Text,
            Ticket = HostileText.Text,
            Outcome = HostileText.Text,
            Detail = HostileText.Text,
        });
        await using var agent = await HostileAgent.StartAsync(_folder.Path);
        var command = new CommandRun { Time = new JumpingTimeProvider() };

        await command.InvokeAsync([.. line.Split(' ').Select(word => word.Replace("{data}", _folder.Path, StringComparison.Ordinal).Replace("{hostile}", HostileText.Text, StringComparison.Ordinal))]);

        var output = command.Out + command.Error;
        Assert.NotEqual("", output);
        Assert.Empty(HostileText.InvisibleIn(output));
        Assert.DoesNotContain(output.ReplaceLineEndings("\n").Split('\n'), printed => printed.TrimStart().StartsWith(HostileText.Forged, StringComparison.Ordinal));
        if (line.Contains("--json", StringComparison.Ordinal))
        {
            using var document = JsonDocument.Parse(command.Out);
        }
        else if (!line.StartsWith("audit --verify", StringComparison.Ordinal) && !line.StartsWith("install", StringComparison.Ordinal))
        {
            // What is hidden is shown, not dropped.
            Assert.Contains(@"\u001B", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void EveryCommand_IsAmongThoseThatAreTested()
    {
        var console = new CommandConsole { In = TextReader.Null, Out = TextWriter.Null, Error = TextWriter.Null, IsInteractive = false, WaitForInterruptAsync = _ => Task.CompletedTask };
        var commands = AgentCommandLine.Build([], console, (_, _) => Task.FromResult(0)).Subcommands.Select(command => command.Name);

        Assert.Equal(["run"], commands.Except(CommandLines.Select(row => row.Data.Split(' ')[0])));
    }

    [Theory]
    [InlineData("plain ä 漢字 😀 → …", "plain ä 漢字 😀 → …")]
    [InlineData("a\u001b[2Ab", @"a\u001B[2Ab")]
    [InlineData("a\r\nb\tc\0", @"a\u000D\u000Ab\u0009c\u0000")]
    [InlineData("\u202e\u2066\u200b\u2028\u2029\u0085\ufeff\u00ad", @"\u202E\u2066\u200B\u2028\u2029\u0085\uFEFF\u00AD")]
    [InlineData("\U000e0041", @"\uDB40\uDC41")]
    public async Task Writer_ShowsWhatIsInvisibleByItsNumber(string text, string expected)
    {
        using var inner = new StringWriter { NewLine = "\n" };
        await using var writer = TerminalText.Over(inner);

        await writer.WriteLineAsync(text);
        await writer.WriteAsync(text);
        writer.WriteLine(text);
        writer.Write(text);
        writer.Write(text.ToCharArray(), 0, text.Length);
        writer.Write("{0}", text);
        writer.WriteLine();

        Assert.Equal($"{expected}\n{expected}{expected}\n{expected}{expected}{expected}\n", inner.ToString());
        Assert.Same(writer, TerminalText.Over(writer));
    }

    [Fact]
    public void Writer_HalfACharacter_IsShownByItsNumber() => Assert.Equal(@"a\uD800b", TerminalText.Escape("a\ud800b"));
}
