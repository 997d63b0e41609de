using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Cli.Terminal;
using WsusDashboard.Agent.Installation;
using WsusDashboard.Agent.Tests.Cli;

namespace WsusDashboard.Agent.Tests.Installation;

public sealed class InstallationPlanTests
{
    private static readonly InstallationRequest Plain = new()
    {
        Program = @"C:\Program Files\WsusDashboard Agent\WsusDashboard.Agent.exe",
        Options = new AgentOptions { DataDirectory = @"C:\ProgramData\WsusDashboard\Agent" },
    };

    [Fact]
    public void Plan_WithoutOptions_IsFolderPolicySourceServiceStart()
    {
        var steps = InstallationPlan.For(Plain);

        Assert.Collection(
            steps,
            step => Assert.Equal(new InstallationStep.CloseDataFolder(@"C:\ProgramData\WsusDashboard\Agent", null), step),
            step => Assert.Equal(new InstallationStep.WritePolicy(@"C:\ProgramData\WsusDashboard\Agent"), step),
            step => Assert.Equal(new InstallationStep.RegisterEventSource("WsusDashboard.Agent"), step),
            step => Assert.Equal(@"""C:\Program Files\WsusDashboard Agent\WsusDashboard.Agent.exe"" run", Assert.IsType<InstallationStep.RegisterService>(step).Service.Command),
            step => Assert.Equal(new InstallationStep.StartService("WsusDashboardAgent"), step));
        Assert.Contains(InstallationPlan.Notes(Plain), note => note.Contains("--Agent:ListenAddress", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, null, "LocalSystem", false)]
    [InlineData(null, @"CORP\wsus$", @"CORP\wsus$", true)]
    [InlineData("LocalSystem", @"CORP\wsus$", "LocalSystem", false)]
    public void Plan_Account_IsTheOneAskedForElseTheOneThatIsThere(string? asked, string? present, string account, bool isKept)
    {
        var steps = InstallationPlan.For(Plain with { Account = asked }, present);

        var step = Assert.Single(steps.OfType<InstallationStep.RegisterService>());
        Assert.Equal((account, isKept), (step.Service.Account, step.KeepsAccount));
        Assert.Empty(steps.OfType<InstallationStep.GrantServiceLogon>());
    }

    [Fact]
    public void Plan_ThatListensForOthers_OpensItsPortForItsProgram()
    {
        var request = Plain with { Options = new AgentOptions { DataDirectory = "d", ListenAddress = "0.0.0.0", Port = 5200 } };

        var rule = Assert.Single(InstallationPlan.For(request).OfType<InstallationStep.OpenFirewall>()).Rule;

        Assert.Equal((5200, Plain.Program), (rule.Port, rule.Program));
        Assert.Empty(InstallationPlan.For(request with { OpensFirewall = false }).OfType<InstallationStep.OpenFirewall>());
        Assert.Contains(InstallationPlan.Notes(request with { OpensFirewall = false }), note => note.Contains("5200", StringComparison.Ordinal));
    }

    [Fact]
    public void Plan_ThatEnrols_OpensNoPortUnlessTheDashboardIsToConnect()
    {
        var request = Plain with { Options = new AgentOptions { DataDirectory = "d", ListenAddress = "0.0.0.0" }, Enrolment = new("https://hub.corp.example:5443", "token") };

        Assert.Empty(InstallationPlan.For(request).OfType<InstallationStep.OpenFirewall>());
        Assert.Contains(InstallationPlan.Notes(request), note => note.Contains("https://hub.corp.example:5443", StringComparison.Ordinal));
        request.Options.Hub.Connect = HubOptions.Inbound;
        Assert.Single(InstallationPlan.For(request).OfType<InstallationStep.OpenFirewall>());
    }

    [Fact]
    public void Plan_WithSettings_KeepsThemBesideTheProgram()
    {
        var request = Plain with { Settings = new Dictionary<string, string> { ["Agent:Port"] = "5200" } };

        var step = Assert.Single(InstallationPlan.For(request).OfType<InstallationStep.WriteSettings>());

        Assert.Equal(@"C:\Program Files\WsusDashboard Agent\agent.json", step.Path);
    }

    [Theory]
    [InlineData(null, "{\n  \"Agent\": {\n    \"Port\": \"5200\"\n  }\n}\n")]
    [InlineData("{ /* ours */ \"agent\": { \"port\": 1, \"WsusHost\": \"w\" }, \"Logging\": {} }", "{\n  \"agent\": {\n    \"port\": \"5200\",\n    \"WsusHost\": \"w\"\n  },\n  \"Logging\": {}\n}\n")]
    public void Settings_AreMerged_IntoWhatIsThere(string? before, string after) =>
        Assert.Equal(after, SettingsDocument.Merge(before, new Dictionary<string, string> { ["Agent:Port"] = "5200" }));

    [Theory]
    [InlineData("[]")]
    [InlineData("{ \"Agent\": ")]
    public void Settings_ThatAreDamaged_AreRefused(string before) =>
        Assert.Throws<InvalidDataException>(() => SettingsDocument.Merge(before, new Dictionary<string, string> { ["Agent:Port"] = "5200" }));

    [Theory]
    [InlineData("--Agent:Port", "5200")]
    [InlineData("--Agent:Port=5200")]
    public void SettingWords_OfBothForms_AreRead(params string[] words) => Assert.Equal("5200", SettingArguments.Read(words)["Agent:Port"]);

    [Theory]
    [InlineData("is not an option of install", "--port", "5200")]
    [InlineData("has no value", "--Agent:Port")]
    public void SettingWords_ThatAreNone_AreNamed(string expected, params string[] words) =>
        Assert.Contains(expected, Assert.Throws<CliFailure>(() => SettingArguments.Read(words)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("install", "--what-if")]
    [InlineData("uninstall")]
    public async Task Command_WhereItIsNotWindows_RefusesAndChangesNothing(params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "This is Windows.");
        var run = new CommandRun { Time = new FakeTimeProvider() };

        Assert.Equal(ExitCodes.NotDone, await run.InvokeAsync(arguments));

        Assert.Contains("on Windows only", run.Error, StringComparison.Ordinal);
        Assert.Contains("Nothing was changed", run.Error, StringComparison.Ordinal);
    }
}
