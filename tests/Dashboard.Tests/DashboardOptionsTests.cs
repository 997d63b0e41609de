using Microsoft.Extensions.Options;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Host;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Kernel.Options;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests;

public sealed class DashboardOptionsTests
{
    [Fact]
    public void Build_SeveralMistakes_NamesAllOfThemWithKeyAndAllowedValues()
    {
        using var folder = new TempFolder();
        string[] arguments =
        [
            "--Dashboard:Port=99999",
            "--Dashboard:Jobs:BackupsKept=many",
            "--Dashboard:ListenAddress=0.0.0.0",
            "--Dashboard:DefaultBaseline=mine",
            "--Dashboard:Prot=1",
            "--Dashboard:Oidc:Autority=https://idp.example",
            "--Dashboard:OidcClientId=x",
            "--Dashboard:SignIn=x",
            $"--Dashboard:DataDirectory={folder.Path}",
        ];

        var exception = Assert.Throws<OptionsValidationException>(() => DashboardHost.Build(arguments));

        Assert.Equal(8, exception.Failures.Count());
        Assert.Contains(exception.Failures, problem => problem.Contains("Dashboard:Port is 99999", StringComparison.Ordinal) && problem.Contains("0 to 65535", StringComparison.Ordinal));
        Assert.Contains(exception.Failures, problem => problem.Contains("Dashboard:Jobs:BackupsKept is \"many\"", StringComparison.Ordinal) && problem.Contains("1 to 365", StringComparison.Ordinal));
        Assert.Contains(exception.Failures, problem => problem.Contains("Dashboard:ListenAddress is \"0.0.0.0\"", StringComparison.Ordinal) && problem.Contains("plain HTTP", StringComparison.Ordinal));
        Assert.Contains(exception.Failures, problem => problem.Contains("Dashboard:DefaultBaseline is \"mine\"", StringComparison.Ordinal) && problem.Contains("guide, microsoft", StringComparison.Ordinal));
        Assert.Contains(exception.Failures, problem => problem.Contains("Dashboard:Prot isn't", StringComparison.Ordinal) && problem.Contains("Port", StringComparison.Ordinal));
        Assert.Contains(exception.Failures, problem => problem.Contains("Dashboard:Oidc:Autority isn't", StringComparison.Ordinal) && problem.Contains("Allowed: Dashboard:Oidc:Authority, ", StringComparison.Ordinal));
        Assert.Contains(exception.Failures, problem => problem.Contains("Dashboard:OidcClientId isn't", StringComparison.Ordinal));
        Assert.Contains(exception.Failures, problem => problem.Contains("Dashboard:SignIn is a section", StringComparison.Ordinal) && problem.Contains("Dashboard:SignIn:GroupRoles", StringComparison.Ordinal));
    }

    [Fact]
    public void Build_SecretInAFile_IsRead()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "token");
        File.WriteAllText(file, new string('x', 40) + "\n");
        var options = new DashboardOptions();

        var mistakes = OptionMistakes.Of(read => options = read, ("Dashboard:DataDirectory", folder.Path), ("Dashboard:Api:TokenFile", file), ("Dashboard:Oidc:ClientSecret", "of-the-provider"));
        var twice = OptionMistakes.Of(_ => { }, ("Dashboard:DataDirectory", folder.Path), ("Dashboard:Api:TokenFile", file), ("Dashboard:Api:Token", new string('y', 40)));

        Assert.Empty(mistakes);
        Assert.Equal(new string('x', 40), options.Api.Token.Reveal());
        Assert.Equal("of-the-provider", options.Oidc.ClientSecret.Reveal());
        Assert.DoesNotContain("yyy", Assert.Single(twice), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dashboard1.corp.example:5443")]
    [InlineData("https://dashboard1.corp.example")]
    [InlineData("http://dashboard1.corp.example:5443")]
    [InlineData("https://dashboard1.corp.example:5443/x")]
    [InlineData("https://0.0.0.0:5443")]
    public void Validate_AddressForAgentsThatIsNone_NamesItAndWhatIsAllowed(string address)
    {
        using var folder = new TempFolder();

        var problem = Assert.Single(OptionMistakes.Of(_ => { }, ("Dashboard:DataDirectory", folder.Path), ("Dashboard:Agents:Address", address)));

        AssertText.Tells(problem, "Dashboard:Agents:Address", $"\"{address}\"", "https");
        Assert.Empty(OptionMistakes.Of(_ => { }, ("Dashboard:DataDirectory", folder.Path), ("Dashboard:Agents:Address", "https://dashboard1.corp.example:5443")));
    }

    [Theory]
    [InlineData("mysql", "", "", "Dashboard:Database:Provider is \"mysql\"")]
    [InlineData("postgresql", "", "", "neither is set")]
    [InlineData("postgresql", "Host=a", "/tmp/file", "both are set")]
    [InlineData("sqlite", "Host=a;Password=very-secret", "", "Allowed: neither")]
    [InlineData("postgresql", "Host=a;Pasword=very-secret", "", "PostgreSQL connection string")]
    [InlineData("postgresql", "", "/does/not/exist", "Dashboard:Database:ConnectionStringFile")]
    public void Validate_DatabaseThatCannotBe_SaysWhyWithoutTheSecret(string database, string text, string file, string expected)
    {
        using var folder = new TempFolder();

        var problem = Assert.Single(OptionMistakes.Of(options =>
            (options.DataDirectory, options.Database.Provider, options.Database.ConnectionString, options.Database.ConnectionStringFile) = (folder.Path, database, text, file)));

        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_ConnectionStringInAFile_IsReadAndItsNameHasNoSecret()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "connection");
        await File.WriteAllTextAsync(file, "Host=db.example;Database=history;Username=u;Password=very-secret\n", TestContext.Current.CancellationToken);
        var options = new DashboardOptions { DataDirectory = folder.Path, Database = { Provider = DatabaseOptions.PostgreSql, ConnectionStringFile = file } };

        Assert.Empty(OptionMistakes.Of(read => (read.DataDirectory, read.Database.Provider, read.Database.ConnectionStringFile) = (folder.Path, DatabaseOptions.PostgreSql, file)));
        Assert.Equal("history on db.example", DatabaseProvider.From(options).Name);
        Assert.Contains("Password=very-secret", DatabaseProvider.From(options).ConnectionString, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_DataDirectoryIsAFile_SaysSo()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "");

        var exception = Assert.Throws<OptionsValidationException>(() => DashboardHost.Build([$"--Dashboard:DataDirectory={file}"]));

        Assert.Contains("Dashboard:DataDirectory", Assert.Single(exception.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Validate_LoopbackAddress_IsTaken(string address)
    {
        using var folder = new TempFolder();

        Assert.Empty(OptionMistakes.Of(options => (options.ListenAddress, options.DataDirectory) = (address, folder.Path)));
    }

    [Fact]
    public async Task Build_FolderOfAnotherDashboard_IsRefused()
    {
        using var folder = new TempFolder();
        await using var first = await TestDashboard.StartAsync(folder);

        var exception = Assert.Throws<DashboardStartException>(() => DashboardHost.Build([$"--Dashboard:DataDirectory={folder.Path}"]));

        Assert.Contains($"Dashboard:DataDirectory is \"{folder.Path}\"", exception.Message, StringComparison.Ordinal);
    }
}
