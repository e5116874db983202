namespace GoNoGo.Evaluation.Metrics.Pixel;

/// <summary>
/// Keeps a few hundred points of a curve that may have tens of millions: the first, the last, and both ends of every
/// piece that moves by more than a small step. Every point kept is a point of the exact curve.
/// </summary>
internal sealed class CurveThinner(int capacity)
{
    private readonly List<CurvePoint> _points = [];

    // A curve that only rises is 2 long in the sum of both directions, and two kept points advance by one step at least.
    private double _step = 4d / (capacity - 4);
    private CurvePoint _last;
    private CurvePoint _kept;

    /// <summary>The first point.</summary>
    public void Begin(CurvePoint point)
    {
        _last = point;
        Keep(point);
    }

    /// <summary>The next point of the exact curve; between points it is a straight line.</summary>
    public void Add(double x, double y, double threshold)
    {
        if (Math.Abs(x - _kept.X) + Math.Abs(y - _kept.Y) >= _step)
        {
            AddFar(new CurvePoint(x, y, threshold));
            return;
        }

        _last = new CurvePoint(x, y, threshold);
    }

    /// <summary>The points kept, the last point of the exact curve included.</summary>
    public IReadOnlyList<CurvePoint> Finish()
    {
        if (_points.Count > 0 && _last != _kept)
        {
            Keep(_last);
        }

        return [.. _points];
    }

    private void AddFar(CurvePoint point)
    {
        if (_last != _kept)
        {
            Keep(_last);
        }

        if (Distance(point, _kept) >= _step)
        {
            Keep(point);
        }

        _last = point;
    }

    private void Keep(CurvePoint point)
    {
        if (_points.Count == capacity - 1)
        {
            // A jagged precision curve can be longer: take larger steps from here on, and thin what there is.
            _step *= 2;
            int write = 1;
            for (int read = 1; read < _points.Count; read++)
            {
                if (Distance(_points[read], _points[write - 1]) >= _step)
                {
                    _points[write++] = _points[read];
                }
            }

            _points.RemoveRange(write, _points.Count - write);
        }

        _points.Add(point);
        _kept = point;
    }

    private static double Distance(CurvePoint a, CurvePoint b) => Math.Abs(a.X - b.X) + Math.Abs(a.Y - b.Y);
}
