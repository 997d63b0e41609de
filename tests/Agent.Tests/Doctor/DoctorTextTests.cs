using WsusDashboard.Agent.Cli;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Agent.Doctor;
using WsusDashboard.Agent.Doctor.Probes;
using WsusDashboard.Agent.Windows.Setup;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Agent.Tests.Doctor;

public sealed class DoctorTextTests
{
    [Fact]
    public void Lines_RawErrorOverSeveralLines_StaysOneLine()
    {
        var lines = DoctorText.Lines(Report(Result(ProbeOutcome.Refused(ReadFailure.Fault, "first\r\n  second\nthird", "Do this.")))).ToList();

        var line = Assert.Single(lines, line => line.Contains("the edge", StringComparison.Ordinal));
        Assert.StartsWith("  refused", line, StringComparison.Ordinal);
        Assert.EndsWith("first second third", line, StringComparison.Ordinal);
        Assert.EndsWith("What to do: Do this.", lines[lines.IndexOf(line) + 1], StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_EndsWith_TheCountOfEachState()
    {
        var report = Report(Result(ProbeOutcome.Works("a")), Result(ProbeOutcome.Works("b")), Result(ProbeOutcome.NotInstalled("c")));

        Assert.Equal("works: 2, not installed: 1, attention: 0, refused: 0. It took 4 s.", DoctorText.Lines(report).Last());
    }

    [Theory]
    [InlineData("works", ExitCodes.Good)]
    [InlineData("not installed", ExitCodes.Good)]
    [InlineData("attention", ExitCodes.Bad)]
    [InlineData("refused", ExitCodes.NotDone)]
    public void ExitCode_IsThatOf_TheWorstEdge(string worst, int expected)
    {
        var outcome = worst switch
        {
            "works" => ProbeOutcome.Works(""),
            "not installed" => ProbeOutcome.NotInstalled(""),
            "attention" => ProbeOutcome.Attention("", ""),
            _ => ProbeOutcome.Refused(ReadFailure.Fault, "", ""),
        };

        Assert.Equal(expected, DoctorCommand.ExitCode(Report(Result(ProbeOutcome.Works("")), Result(outcome), Result(ProbeOutcome.NotInstalled("")))));
    }

    [Fact]
    public void Strangers_OnlyAdministratorsAndTheService_AreNone()
    {
        FolderGrant[] closed = [new("S-1-5-18", "FullControl"), new("S-1-5-32-544", "FullControl"), new("S-1-5-80-956008885", "Modify")];

        Assert.Empty(FolderAccessCheck.Strangers(closed));
        Assert.Equal("open to administrators and the service only", FolderAccessCheck.Describe(closed));
    }

    [Theory]
    [InlineData("S-1-1-0", "Everyone")]
    [InlineData("S-1-5-32-545", "Users")]
    [InlineData("S-1-5-11", "Authenticated Users")]
    public void Strangers_AGroupOfWhoeverIsSignedIn_IsNamed(string account, string name)
    {
        var stranger = Assert.Single(FolderAccessCheck.Strangers([new("S-1-5-18", "FullControl"), new(account, "ReadAndExecute")]));

        Assert.Equal($"{name} (ReadAndExecute)", stranger);
    }

    private static ProbeResult Result(ProbeOutcome outcome) => new(ProbeAreas.Windows, "the edge", outcome, TimeSpan.Zero);

    private static DoctorReport Report(params ProbeResult[] results) => new()
    {
        ComputerName = "SUP01",
        AgentVersion = "1.2.3",
        At = new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero),
        Duration = TimeSpan.FromSeconds(4),
        Results = results,
    };
}
