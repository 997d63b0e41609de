using System.Diagnostics;
using System.Management.Automation;
using System.Security.Cryptography;
using System.Xml.Linq;
using System.IO.Compression;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.PowerShell.Cmdlets;
using WsusDashboard.PowerShell.Output;
using WsusDashboard.PowerShell.Tests.Support;
using WsusDashboard.Shared.Posture;
using WsusDashboard.Shared.Repairs;
using WsusDashboard.Shared.Rules.Findings;
using WsusDashboard.Shared.Syncs;

namespace WsusDashboard.PowerShell.Tests;

/// <summary>The module as a whole: manifest, commands, help, views, package.</summary>
public sealed class ModuleTests : IDisposable
{
    private readonly Session _session = new();

    [Fact]
    public void Manifest_Exports_EveryCmdletByName()
    {
        var manifest = (System.Collections.Hashtable)_session.Run("Import-PowerShellDataFile $path", ("path", Session.ModulePath)).Single().BaseObject;
        var written = typeof(DashboardCmdlet).Assembly.GetTypes()
            .SelectMany(type => type.GetCustomAttributes(typeof(CmdletAttribute), false).Cast<CmdletAttribute>())
            .Select(cmdlet => $"{cmdlet.VerbName}-{cmdlet.NounName}")
            .Order(StringComparer.Ordinal);

        Assert.Equal(written, ((object[])manifest["CmdletsToExport"]!).Cast<string>());
        Assert.Equal(Commands().Select(command => command.Name), ((object[])manifest["CmdletsToExport"]!).Cast<string>());
        Assert.Equal(("5.1", "4.7.2", 2), (manifest["PowerShellVersion"], manifest["DotNetFrameworkVersion"], ((object[])manifest["CompatiblePSEditions"]!).Length));
        Assert.Equal(typeof(DashboardCmdlet).Assembly.GetName().Version!.ToString(3), manifest["ModuleVersion"]);
    }

    [Fact]
    public void Assembly_RefersTo_WhatWindowsPowerShellHasToo()
    {
        var references = typeof(DashboardCmdlet).Assembly.GetReferencedAssemblies().Select(reference => reference.Name).Order(StringComparer.Ordinal);

        Assert.Equal(["System.Management.Automation", "netstandard"], references);
    }

    [Fact]
    public void Verbs_OfAllCommands_AreApproved()
    {
        var approved = _session.Run("Get-Verb").Select(verb => (string)verb.Properties["Verb"].Value).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(Commands().Where(command => !approved.Contains(command.Verb) || !command.Noun.StartsWith("Wsd", StringComparison.Ordinal)).Select(command => command.Name));
    }

    [Fact]
    public void Commands_ThatChangeSomething_TakeWhatIf()
    {
        var reading = new[] { "Get", "Connect", "Disconnect" };

        Assert.All(Commands(), command => Assert.Equal(!reading.Contains(command.Verb), command.Parameters.ContainsKey("WhatIf")));
    }

    [Fact]
    public void Commands_ThatWriteSomething_SayOfWhichType() =>
        Assert.Equal(["Disconnect-WsdDashboard"], Commands().Where(command => command.OutputType.Count == 0).Select(command => command.Name));

    /// <summary>UPDATE_HELP=1 writes it anew, after the documentation of a command changed.</summary>
    [Fact]
    public void HelpFile_IsMadeOf_TheDocumentationInTheSource()
    {
        var made = HelpFile.Write(Commands(), XDocument.Load(Path.ChangeExtension(typeof(DashboardCmdlet).Assembly.Location, ".xml")));
        var path = Path.Combine(ProjectFolder(), "en-US", "WsusDashboard.PowerShell.dll-Help.xml");
        if (Environment.GetEnvironmentVariable("UPDATE_HELP") == "1")
        {
            File.WriteAllText(path, made);
        }

        Assert.Equal(made, File.ReadAllText(path).ReplaceLineEndings("\n"));
    }

    [Fact]
    public void GetHelp_OfEachCommand_HasSynopsisExamplesAndEachParameter()
    {
        foreach (var command in Commands())
        {
            var help = _session.Run("Get-Help $name -Full", ("name", command.Name)).Single();
            var parameters = _session.Run("(Get-Help $name -Parameter *).name").Select(name => name.ToString()).ToHashSet(StringComparer.OrdinalIgnoreCase);

            Assert.False(string.IsNullOrWhiteSpace(help.Properties["Synopsis"].Value?.ToString()), command.Name);
            Assert.DoesNotContain(command.Name, help.Properties["Synopsis"].Value!.ToString(), StringComparison.Ordinal);
            Assert.NotEmpty(_session.Run("(Get-Help $name -Examples).examples.example"));
            Assert.Superset(HelpFile.ParametersOf(command).Select(parameter => parameter.Name).ToHashSet(StringComparer.OrdinalIgnoreCase), parameters);
        }
    }

    [Fact]
    public void Examples_OfTheHelp_UseParametersThatExist()
    {
        foreach (var command in Commands())
        {
            var examples = _session.Run("(Get-Help $name -Examples).examples.example.code", ("name", command.Name)).Select(code => code.ToString()).ToList();

            Assert.Contains(examples, example => example.Contains(command.Name, StringComparison.Ordinal));
            foreach (var example in examples)
            {
                var unknown = _session.Run(
                    "$errors = $null; $ast = [System.Management.Automation.Language.Parser]::ParseInput($example, [ref]$null, [ref]$errors); $errors; $ast.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true) | ForEach-Object { $info = Get-Command $_.GetCommandName(); foreach ($p in $_.CommandElements) { if ($p -is [System.Management.Automation.Language.CommandParameterAst] -and -not $info.Parameters.ContainsKey($p.ParameterName)) { $p.ToString() } } }",
                    ("example", example));
                Assert.Empty(unknown.Select(part => $"{example}: {part}"));
            }
        }
    }

    [Fact]
    public void Views_ShowOnlyProperties_ThatTheTypesHave()
    {
        var views = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "WsusDashboard.format.ps1xml")).Descendants("View").ToList();
        var missing = views.SelectMany(view => view.Descendants("PropertyName").Select(property => (Type: view.Descendants("TypeName").Single().Value, Property: property.Value)))
            .Where(shown => typeof(DashboardCmdlet).Assembly.GetType(shown.Type, throwOnError: true)!.GetProperty(shown.Property) is null);

        Assert.Empty(missing);
        Assert.All(Commands().SelectMany(command => command.OutputType), output => Assert.True(
            output.Type == typeof(WsdRepairPlan) || output.Type == typeof(string) || views.Any(view => view.Descendants("TypeName").Single().Value == output.Type.FullName), output.Name));
        Assert.All(views, view => Assert.Equal(view.Descendants("TableColumnHeader").Count(), view.Descendants("TableColumnItem").Count()));
    }

    [Theory]
    [InlineData(typeof(WsdHealth), typeof(Health))]
    [InlineData(typeof(WsdCondition), typeof(ServerCondition))]
    [InlineData(typeof(WsdSeverity), typeof(Severity))]
    [InlineData(typeof(WsdSeverity), typeof(PostureSeverity))]
    [InlineData(typeof(WsdProblemKind), typeof(ProblemKind))]
    [InlineData(typeof(WsdProblemState), typeof(ProblemState), "Suspected")]
    [InlineData(typeof(WsdSyncResult), typeof(SyncResult))]
    [InlineData(typeof(WsdSyncSource), typeof(SyncSource))]
    [InlineData(typeof(WsdRepairState), typeof(RepairState))]
    [InlineData(typeof(WsdPostureKind), typeof(PostureKind))]
    [InlineData(typeof(WsdPostureAnswer), typeof(PostureAnswer))]
    public void Words_AreThoseOfTheDashboard(Type words, Type ofTheDashboard, params string[] notShown) =>
        Assert.Equal(Enum.GetNames(ofTheDashboard).Except(notShown).Order(StringComparer.Ordinal), Enum.GetNames(words).Order(StringComparer.Ordinal));

    [Fact]
    public async Task Pack_MakesAZipOfTheModule_WithItsChecksum()
    {
        using var folder = new TempFolder();
        using var packing = Process.Start(new ProcessStartInfo(
            "dotnet",
            ["msbuild", Path.Combine(ProjectFolder(), "PowerShell.csproj"), "-t:PackModule", $"-p:OutputFolder={folder.Path}", $"-p:TargetPath={typeof(DashboardCmdlet).Assembly.Location}", "-nologo", "-verbosity:quiet"]))!;
        await packing.WaitForExitAsync(TestContext.Current.CancellationToken);

        var zip = Directory.GetFiles(folder.Path, "*.zip").Single();
        await using var archive = await ZipFile.OpenReadAsync(zip, TestContext.Current.CancellationToken);
        var version = typeof(DashboardCmdlet).Assembly.GetName().Version!.ToString(3);
        Assert.Equal(
            new[] { "README.md", "WsusDashboard.PowerShell.dll", "WsusDashboard.format.ps1xml", "WsusDashboard.psd1", "en-US/WsusDashboard.PowerShell.dll-Help.xml" }.Select(name => $"WsusDashboard/{version}/{name}"),
            archive.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal));
        Assert.Equal($"{Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(zip, TestContext.Current.CancellationToken)))}  {Path.GetFileName(zip)}", (await File.ReadAllTextAsync($"{zip}.sha256", TestContext.Current.CancellationToken)).Trim());
        await archive.ExtractToDirectoryAsync(folder.Path, TestContext.Current.CancellationToken);
        Assert.Equal("WsusDashboard", _session.Run("(Test-ModuleManifest $path).Name", ("path", Path.Combine(folder.Path, "WsusDashboard", version, "WsusDashboard.psd1"))).Single().ToString());
    }

    public void Dispose() => _session.Dispose();

    private List<CmdletInfo> Commands() => [.. _session.Run("Get-Command -Module WsusDashboard | Sort-Object Name").Select(command => (CmdletInfo)command.BaseObject).OrderBy(command => command.Name, StringComparer.Ordinal)];

    private static string ProjectFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "WsusDashboard.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("No folder above holds WsusDashboard.sln.");
        }

        return Path.Combine(folder.FullName, "src", "PowerShell");
    }
}
