using WsusDashboard.Dashboard.Data;
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
            "--Dashboard:BackupsKept=many",
            "--Dashboard:ListenAddress=0.0.0.0",
            "--Dashboard:DefaultBaseline=mine",
            "--Dashboard:Prot=1",
            $"--Dashboard:DataDirectory={folder.Path}",
        ];

        var exception = Assert.Throws<DashboardStartException>(() => DashboardHost.Build(arguments));

        Assert.Equal(5, exception.Problems.Count);
        Assert.Contains(exception.Problems, problem => problem.Contains("Dashboard:Port: 99999", StringComparison.Ordinal) && problem.Contains("0 to 65535", StringComparison.Ordinal));
        Assert.Contains(exception.Problems, problem => problem.Contains("Dashboard:BackupsKept: \"many\"", StringComparison.Ordinal) && problem.Contains("1 to 365", StringComparison.Ordinal));
        Assert.Contains(exception.Problems, problem => problem.Contains("Dashboard:ListenAddress: \"0.0.0.0\"", StringComparison.Ordinal) && problem.Contains("plain HTTP", StringComparison.Ordinal));
        Assert.Contains(exception.Problems, problem => problem.Contains("\"mine\" is no baseline", StringComparison.Ordinal) && problem.Contains("guide, microsoft", StringComparison.Ordinal));
        Assert.Contains(exception.Problems, problem => problem.Contains("Dashboard:Prot: there is no such setting", StringComparison.Ordinal) && problem.Contains("Port", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mysql", "", "", "Dashboard:Database: \"mysql\"")]
    [InlineData("postgresql", "", "", "neither is given")]
    [InlineData("postgresql", "Host=a", "/tmp/file", "both are given")]
    [InlineData("sqlite", "Host=a;Password=very-secret", "", "Allowed with it: none")]
    [InlineData("postgresql", "Host=a;Pasword=very-secret", "", "no connection string of PostgreSQL")]
    [InlineData("postgresql", "", "/does/not/exist", "Dashboard:ConnectionStringFile")]
    public void Validate_DatabaseThatCannotBe_SaysWhyWithoutTheSecret(string database, string text, string file, string expected)
    {
        using var folder = new TempFolder();

        var problem = Assert.Single(DashboardOptionsCheck.Validate(new() { DataDirectory = folder.Path, Database = database, ConnectionString = text, ConnectionStringFile = file }));

        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_ConnectionStringInAFile_IsReadAndItsNameHasNoSecret()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "connection");
        await File.WriteAllTextAsync(file, "Host=db.example;Database=history;Username=u;Password=very-secret\n", TestContext.Current.CancellationToken);
        var options = new DashboardOptions { DataDirectory = folder.Path, Database = DatabaseProvider.PostgreSql, ConnectionStringFile = file };

        Assert.Empty(DashboardOptionsCheck.Validate(options));
        Assert.Equal("history on db.example", DatabaseProvider.From(options).Name);
        Assert.Contains("Password=very-secret", DatabaseProvider.From(options).ConnectionString, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_DataDirectoryIsAFile_SaysSo()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "");

        var exception = Assert.Throws<DashboardStartException>(() => DashboardHost.Build([$"--Dashboard:DataDirectory={file}"]));

        Assert.Contains("Dashboard:DataDirectory", Assert.Single(exception.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public void Validate_LoopbackAddress_IsTaken(string address)
    {
        using var folder = new TempFolder();

        Assert.Empty(DashboardOptionsCheck.Validate(new() { ListenAddress = address, DataDirectory = folder.Path }));
    }

    [Fact]
    public async Task Build_FolderOfAnotherDashboard_IsRefused()
    {
        using var folder = new TempFolder();
        await using var first = await TestDashboard.StartAsync(folder);

        var exception = Assert.Throws<DashboardStartException>(() => DashboardHost.Build([$"--Dashboard:DataDirectory={folder.Path}"]));

        Assert.Contains("another dashboard already uses", Assert.Single(exception.Problems), StringComparison.Ordinal);
    }
}
