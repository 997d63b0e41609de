using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using WsusDashboard.Agent.Security;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Agent.Storage;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Tests.Cli;

/// <summary>What an administrator can still do on the server while the agent is down: on its files, which the command then has to itself.</summary>
public sealed class WithoutAgentTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Unpair_WhileNoAgentRuns_ForgetsTheHubAndAuditsIt()
    {
        Pair("stolen", "00000000000000000000000000000001");
        Pair("other", "00000000000000000000000000000002");

        Assert.Equal(0, await Command().InvokeAsync("unpair", "stolen", "--data", _folder.Path));

        Assert.Equal(["other"], Hubs().Select(hub => hub.Name));
        Assert.Contains(AuditFiles.ReadEntries(_folder.Path), entry => entry is { Verb: "unpair", Hub: "stolen", Outcome: "done" });
        Assert.Null(AuditVerification.Run(_folder.Path).Problem);
    }

    [Fact]
    public async Task Unpair_WhileAnAgentHasTheFolder_IsTwoAndChangesNothing()
    {
        Pair("stolen", "00000000000000000000000000000001");
        using var held = DataFolderLock.Take(_folder.Path);

        Assert.Equal(2, await Command().InvokeAsync("unpair", "stolen", "--data", _folder.Path));

        Assert.Single(Hubs());
    }

    [Fact]
    public async Task Unpair_OfAnUnknownHub_IsTwoAndNamesThoseThatThereAre()
    {
        Pair("stolen", "00000000000000000000000000000001");
        var command = Command();

        Assert.Equal(2, await command.InvokeAsync("unpair", "nobody", "--data", _folder.Path));

        Assert.Contains("stolen", command.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hubs_WhileNoAgentRuns_AreListedFromTheFile()
    {
        Pair("first", "00000000000000000000000000000001");
        var command = Command();

        Assert.Equal(0, await command.InvokeAsync("hubs", "--json", "--data", _folder.Path));

        using var document = JsonDocument.Parse(command.Out);
        Assert.Equal(["first"], document.RootElement.GetProperty("hubs").EnumerateArray().Select(hub => hub.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Approve_WhileNoAgentRuns_IsTwoBecauseNothingWaits()
    {
        Pair("first", "00000000000000000000000000000001");
        var (list, approve) = (Command(), Command());

        Assert.Equal(0, await list.InvokeAsync("approvals", "--data", _folder.Path));
        Assert.Equal(2, await approve.InvokeAsync("approve", "abc123", "--data", _folder.Path));
        Assert.NotEqual("", approve.Error);
    }

    [Fact]
    public async Task Policy_ModeIsSet_KeepsAllElseAndIsInForce()
    {
        await File.WriteAllTextAsync(_folder.File(LocalPolicy.FileName), """{ "mode": "apply-settings", /* ours */ "allowedPools": ["Other"], "needsLocalApproval": ["pool"], }""", TestContext.Current.CancellationToken);

        Assert.Equal(0, await Command().InvokeAsync("policy", "--mode", "restart", "--data", _folder.Path));

        var policy = new LocalPolicy(_folder.Path, TimeProvider.System).Read(null).Policy;
        Assert.Equal((PolicyMode.Restart, "Other", "pool"), (policy.Mode, policy.AllowedPools.Single(), policy.NeedsApprovalFor.Single()));
    }

    [Fact]
    public async Task Policy_WithoutAFile_IsMadeWithTheModeThatIsSet()
    {
        Assert.Equal(0, await Command().InvokeAsync("policy", "--mode", "monitor-only", "--data", _folder.Path));

        Assert.Equal(PolicyMode.MonitorOnly, new LocalPolicy(_folder.Path, TimeProvider.System).Read(null).Policy.Mode);
    }

    [Fact]
    public async Task Policy_DamagedFile_IsTwoAndStaysAsItIs()
    {
        await File.WriteAllTextAsync(_folder.File(LocalPolicy.FileName), "{ \"mode\": ", TestContext.Current.CancellationToken);

        Assert.Equal(2, await Command().InvokeAsync("policy", "--mode", "apply-settings", "--data", _folder.Path));
        Assert.Equal(2, await Command().InvokeAsync("policy", "--data", _folder.Path));

        Assert.Equal("{ \"mode\": ", await File.ReadAllTextAsync(_folder.File(LocalPolicy.FileName), TestContext.Current.CancellationToken));
    }

    private static CommandRun Command() => new() { Time = TimeProvider.System };

    private IReadOnlyList<PairedHub> Hubs() => new PairedHubs(_folder.Path, NullLogger<PairedHubs>.Instance).All;

    private void Pair(string name, string id)
    {
        using var key = IdentityKey.Create(name, TimeProvider.System.GetUtcNow());
        new PairedHubs(_folder.Path, NullLogger<PairedHubs>.Instance).Add(new PairedHub { Id = id, Name = name, Pin = key.Pin, PairedAt = TimeProvider.System.GetUtcNow(), PairedFrom = "10.1.2.3" });
    }
}
