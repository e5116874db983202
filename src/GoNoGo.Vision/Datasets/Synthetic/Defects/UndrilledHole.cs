using System.Numerics;

namespace GoNoGo.Vision.Datasets.Synthetic.Defects;

/// <summary>A hole that was never drilled: plain brushed plate in its place.</summary>
internal sealed class UndrilledHole(Draws draws) : Defect
{
    private readonly int _hole = draws.Index(Flange.Holes.Length);

    public override int MissingHole => _hole;

    public override bool IsMarked(Vector2 point) => Vector2.Distance(point, Flange.Holes[_hole]) < Flange.SinkRadius;
}
