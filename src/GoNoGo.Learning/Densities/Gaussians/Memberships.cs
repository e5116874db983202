namespace GoNoGo.Learning.Densities.Gaussians;

/// <summary>Which vectors each component has a part in, and how large: the responsibilities of expectation-maximisation, component by component.</summary>
internal sealed class Memberships
{
    /// <summary>Weights below this add nothing that float32 data could show; their vectors are left out.</summary>
    private const double Negligible = 1e-12;

    private readonly int[] _begins;
    private readonly double[] _masses;
    private int[] _places = [];
    private double[] _weights = [];

    /// <summary>Makes room.</summary>
    /// <param name="count">Most components.</param>
    public Memberships(int count)
    {
        _begins = new int[count + 1];
        _masses = new double[count];
    }

    /// <summary>Takes the responsibilities over.</summary>
    /// <param name="responsibilities">n times K numbers.</param>
    /// <param name="count">K.</param>
    public void Fill(ReadOnlySpan<double> responsibilities, int count)
    {
        _begins.AsSpan().Clear();
        _masses.AsSpan().Clear();
        for (int at = 0; at < responsibilities.Length; at += count)
        {
            for (int k = 0; k < count; k++)
            {
                double weight = responsibilities[at + k];
                _masses[k] += weight;
                _begins[k + 1] += weight > Negligible ? 1 : 0;
            }
        }

        for (int k = 1; k <= count; k++)
        {
            _begins[k] = checked(_begins[k] + _begins[k - 1]);
        }

        if (_places.Length < _begins[count])
        {
            // A little more than is needed: the next iterations need about as much.
            int room = checked(_begins[count] + (_begins[count] / 8));
            (_places, _weights) = (new int[room], new double[room]);
        }

        for (int row = 0, at = 0; at < responsibilities.Length; row++, at += count)
        {
            for (int k = 0; k < count; k++)
            {
                double weight = responsibilities[at + k];
                if (weight > Negligible)
                {
                    // Number k moves from where component k begins to where it ends.
                    int place = _begins[k]++;
                    (_places[place], _weights[place]) = (row, weight);
                }
            }
        }

        _begins.AsSpan(0, count).CopyTo(_begins.AsSpan(1));
        _begins[0] = 0;
    }

    /// <summary>The sum of all weights of a component.</summary>
    public double Mass(int component) => _masses[component];

    /// <summary>The vectors of a component, in their order.</summary>
    public ReadOnlySpan<int> Places(int component) => _places.AsSpan(_begins[component], _begins[component + 1] - _begins[component]);

    /// <summary>The weights of these vectors.</summary>
    public ReadOnlySpan<double> Weights(int component) => _weights.AsSpan(_begins[component], _begins[component + 1] - _begins[component]);
}
