using System.Reflection;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using WsusDashboard.Agent.Windows;

namespace WsusDashboard.Agent.Tests.Wsus;

/// <summary>Nothing that the agent sends to SUSDB can change it: each statement is parsed, and only a single, plain SELECT passes.</summary>
public sealed class SusdbStatementTests
{
    public static TheoryData<string> Names => [.. SusdbStatement.All.Select(statement => statement.Name)];

    /// <summary>What the check must refuse, so that it is known to refuse anything.</summary>
    public static TheoryData<string> Forbidden =>
    [
        "DELETE FROM dbo.tbEventInstance",
        "UPDATE dbo.tbUpdate SET IsLocallyPublished = 1",
        "INSERT INTO dbo.tbEvent (EventID) VALUES (1)",
        "MERGE dbo.tbEvent AS t USING dbo.tbEvent AS s ON t.EventID = s.EventID WHEN MATCHED THEN DELETE;",
        "SELECT * INTO dbo.copy FROM dbo.tbEvent",
        "SELECT 1; DELETE FROM dbo.tbEvent",
        "SELECT 1; SELECT 2",
        "SELECT 1\nGO\nSELECT 2",
        "EXEC dbo.spGetSubscriptionState",
        "dbo.spStartCatalogSync",
        "SELECT * FROM dbo.tbEvent WITH (TABLOCKX)",
        "SELECT * FROM dbo.tbEvent WITH (HOLDLOCK)",
        "SELECT * FROM dbo.tbEvent (NOLOCK)",
        "SELECT * FROM dbo.tbEvent OPTION (RECOMPILE)",
        "SELECT * FROM OPENROWSET('SQLNCLI', 'Server=x', 'SELECT 1') AS x",
        "SELECT * FROM OPENQUERY(other, 'DELETE FROM t')",
        "SELECT * FROM other.SUSDB.dbo.tbEvent",
        "SELECT * FROM (DELETE FROM dbo.tbEvent OUTPUT deleted.EventID) AS x",
        "DECLARE @x int; SELECT @x = 1",
        "SELECT @x = EventID FROM dbo.tbEvent",
        "SELECT NEXT VALUE FOR dbo.numbers",
        "SELECT dbo.fnSomething(EventID) FROM dbo.tbEvent",
        "SELECT * FROM dbo.fnSomething(1)",
        "SELECT EventID FROM dbo.tbEvent WHERE EventID = @other",
        "WAITFOR DELAY '00:00:01'",
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
        "SELECT 1 FROM",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Statement_Parsed_IsASinglePlainSelect(string name) =>
        Assert.Empty(ReadOnlySelect.FindFaults(SusdbStatement.All.Single(statement => statement.Name == name).Text));

    [Theory]
    [MemberData(nameof(Forbidden))]
    public void FindFaults_AnythingElse_IsRefused(string text) => Assert.NotEmpty(ReadOnlySelect.FindFaults(text));

    [Fact]
    public void All_Statements_AreInTheList()
    {
        var declared = typeof(SusdbStatement).GetProperties(BindingFlags.Public | BindingFlags.Static)
            .Where(property => property.PropertyType == typeof(SusdbStatement))
            .Select(property => (SusdbStatement)property.GetValue(null)!);

        Assert.Equal(declared.OrderBy(statement => statement.Name), SusdbStatement.All.OrderBy(statement => statement.Name));
        Assert.Empty(typeof(SusdbStatement).GetConstructors());
    }

    [Fact]
    public void History_Rows_AreBoundedAsSaid() =>
        Assert.Contains($"TOP ({SusdbStatement.MaximumEvents.ToString(System.Globalization.CultureInfo.InvariantCulture)})", SusdbStatement.History.Text, StringComparison.Ordinal);

    /// <summary>Says what in a text is more than one SELECT over tables and views of this database.</summary>
    private sealed class ReadOnlySelect : TSqlFragmentVisitor
    {
        private static readonly HashSet<string> AllowedFunctions = new(StringComparer.OrdinalIgnoreCase) { "COUNT_BIG", "SUM", "SERVERPROPERTY" };

        private readonly List<string> _faults = [];

        public static List<string> FindFaults(string text)
        {
            var fragment = new TSql130Parser(initialQuotedIdentifiers: true).Parse(new StringReader(text), out var errors);
            if (errors.Count > 0)
            {
                return [.. errors.Select(error => error.Message)];
            }

            var visitor = new ReadOnlySelect();
            var statements = ((TSqlScript)fragment).Batches.SelectMany(batch => batch.Statements).ToList();
            if (statements.Count != 1 || statements[0] is not SelectStatement)
            {
                visitor._faults.Add($"{statements.Count} statements, the first a {statements.FirstOrDefault()?.GetType().Name}");
            }

            fragment.Accept(visitor);
            return visitor._faults;
        }

        public override void Visit(TSqlStatement node) => Refuse(node, node is not SelectStatement);

        public override void Visit(SelectStatement node) => Refuse(node, node.Into is not null || node.OptimizerHints.Count > 0);

        public override void Visit(DataModificationSpecification node) => Refuse(node, true);

        public override void Visit(ExecuteSpecification node) => Refuse(node, true);

        public override void Visit(TableHint node) => Refuse(node, true);

        public override void Visit(TableReference node) => Refuse(node, node is not (NamedTableReference or QualifiedJoin or UnqualifiedJoin or QueryDerivedTable));

        public override void Visit(NamedTableReference node) => Refuse(node, node.SchemaObject.ServerIdentifier is not null || node.SchemaObject.DatabaseIdentifier is not null);

        public override void Visit(SelectSetVariable node) => Refuse(node, true);

        public override void Visit(NextValueForExpression node) => Refuse(node, true);

        public override void Visit(FunctionCall node) => Refuse(node, node.CallTarget is not null || !AllowedFunctions.Contains(node.FunctionName.Value));

        public override void Visit(VariableReference node) => Refuse(node, node.Name != "@since");

        public override void Visit(ForClause node) => Refuse(node, true);

        private void Refuse(TSqlFragment node, bool isRefused)
        {
            if (isRefused)
            {
                _faults.Add(node.GetType().Name);
            }
        }
    }
}
